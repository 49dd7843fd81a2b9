"""Whether a secret is written out in a text: by the form of keys, or by what it is called.

The forms are those that the vendors document, chosen by what detect-secrets finds without guessing
by entropy (docs/decisions/0018-secrets-by-form.md). What is a reference, a place or program text is
no secret. Nothing of the text is kept.
"""

import re

SHORTEST = 8
_FORMS = (
    r"AKIA[0-9A-Z]{16}",  # AWS, IAM User Guide, "IAM identifiers"
    r"-----BEGIN [A-Z ]*PRIVATE KEY",
    r"gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{22}",
    r"gl(?:pat|rt|dt|ptt|cbt)-[\w-]{20}",
    r"xox[abpr]-[\w-]{10}|hooks\.slack\.com/services/T\w+/B\w+/\w+",
    r"[rs]k_live_[0-9a-zA-Z]{24}",
    r"SG\.[\w-]{22}\.[\w-]{43}",
    r"npm_[A-Za-z0-9]{36}",
    r"pypi-AgEIcHlwaS5vcmc[\w-]{20}",
    r"AIza[0-9A-Za-z_-]{35}",
    r"sk-ant-[\w-]{20}|sk-[\w-]*T3BlbkFJ\w{10}",
    r"AccountKey=[A-Za-z0-9+/=]{80}",
    r"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10}",
    # A password in an address, and one that is set for a login.
    r"://[^\s:/@\"'$<{]{1,64}:[^\s:/@\"'$<{%*]{4,}@",
    r"[\w-]{1,32}:[^\s:\"'$]{6,}[\"']?[ \t]*\|[ \t]*(?:sudo[ \t]+)?chpasswd",
)
_FORM = re.compile("|".join(_FORMS))
_SECRETS = r"password|passwd|secret|token|api[_-]?key|private[_-]?key"
_ELSEWHERE = r"arn|name|id|path|url|uri|file|dir|type|ttl|endpoint|length|policy|enabled|header"
_NAME = re.compile(rf"(?i)({_SECRETS})(?!.*({_ELSEWHERE})$)")
_SAID = re.compile(
    rf"(?P<name>(?i:{_SECRETS})[\w-]{{0,20}})[\"']?[ \t]{{0,3}}[=:][ \t]{{0,3}}"
    rf"(?P<quote>[\"']?)(?P<value>[^\s\"'$<{{%]{{{SHORTEST},}})"
)
_ARN = re.compile(r"arn:[\w-]+:[^\s\"']*")
_PLACES = ("arn:", "/", "${", "http:", "https:", "s3:", "ssm:", "vault:", "{{resolve:")


def is_secret(name: str, value: str) -> bool:
    """Whether a value is a secret because of what it is called.

    >>> is_secret("DB_PASSWORD", "correct-horse"), is_secret("SECRET_ARN", "correct-horse")
    (True, False)
    """
    return is_secret_name(name) and len(value) >= SHORTEST and not value.startswith(_PLACES)


def is_secret_name(name: str) -> bool:
    """Whether what is called so is a secret.

    >>> is_secret_name("/shop/db/password"), is_secret_name("/shop/token-endpoint")
    (True, False)
    """
    return bool(_NAME.search(name))


def holds_secret(text: str) -> bool:
    """Whether a secret is written out somewhere in a text.

    >>> holds_secret("psql postgresql://app:correct-horse@db/app"), holds_secret("token = next();")
    (True, False)
    """
    said = _ARN.sub("", text)
    return _FORM.search(said) is not None or any(map(_says_secret, _SAID.finditer(said)))


def _says_secret(said: "re.Match[str]") -> bool:
    value = said["value"]
    program = not said["quote"] and ("(" in value or value.endswith((",", ";")))
    return not program and is_secret(said["name"], value)
