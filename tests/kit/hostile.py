"""Strings that break careless generators, on every question that takes free text."""

YAML_WORDS = "on off yes no null ~ true 1e3 0o17 0x1F 1_000 12:30:00 2024-01-01 1.0 .inf .nan = <<"
YAML_LEAD = "- a\n? a\n: a\na: b\na #b\n# a\n&a\n*a\n!a\n!!int 3\n%a\n@a\n`a`\n|\n>\n{a\n[a\n- -"
QUOTES = ["'", '"', "it's", 'say "hi"', "a\\b", "a\\nb", "\\", '"""', "\\'"]
CONTROL = ["a\tb", "a\nb", "abc\n", "\na", "a\r\nb", "a\0b", "a\x07b", "a\x85b", "a\u2028b"]
INVISIBLE = ["\ufeffa", "a\u202eb", "a\u200db", "\u00a0a", "a\u00a0b", "\u3000"]
LETTERS = ["Zürich", "航班", "🚀", "ﬁ", "Ω", "e\u0301", "\u00e9", "p\u0430ypal", "١٢٣", "naïve"]
JINJA = "{{ 7*7 }}\n{% raw %}\n{# c #}\n#{ 7*7 }#\n#% if x %#\n#| c |#\n{{{{\n#{\n%#\n<%\n{}"
WORKFLOW = "${{ github.token }}\n{{workflow.name}}\n{{inputs.parameters.x}}"
SHELL = "${HOME}\n$(touch PWNED)\n`touch PWNED`\n; touch PWNED\n&& ls\n| tee x\n$x\n$$\n!cmd\na!b"
OPTIONS = "%PATH%\n-rf\n--help\n~/x\n*\na > b\na < b\na=b\n'; DROP TABLE x"
MARKUP = "</script>\n<b>\n&amp;\na &lt; b\n1. a\n1) a\n# a\na | b\n[a](b)\n**a**\na_b_c\n![a](b)"
TEXT = "https://example.com\na -- b\n(c)\n2 + 2 = 4\n100%\n10.0/1.0\na.\na,b"
PATHS = "../../x\n/etc/passwd\nC:\\x\nCON\nCON.txt\nnul.txt\n.\n..\na/b\n.git/hooks/post-checkout"
LENGTHS = ["", *("a" * n for n in (1, 2, 40, 41, 60, 61, 63, 64, 120, 121, 253, 254)), "9" * 400]
SPACES = [" ", " a", "a ", "a  b"]
NAMES = "class None import UPPER under_score dot.name __init__ test json tests src con aux a- -a"
ADDRESSES = "a@b\na@b..c\n.a@b.io\na@-b.io\na b@c.io\na@b.io\ngit@example.com:a/b"
LETTERED_ADDRESSES = "x@köln.example\n问@a.io\nx@-köln.io"
HOSTS = "registry\nregistry.io/UPPER\nregistry.io:0/a\nregistry.io/a/\nhttps://registry.io/a"
URLS = "http://example.com/a\nhttps://u:p@example.com/a\nhttps://example.com/../a\nssh://git@a/b c"
QUERIES = 'https://example.com/a?b=c\nhttps://example.com/a\n{"a": 1}\n[1, 2]'

LINES = (
    YAML_LEAD,
    JINJA,
    WORKFLOW,
    SHELL,
    OPTIONS,
    MARKUP,
    TEXT,
    PATHS,
    ADDRESSES,
    LETTERED_ADDRESSES,
    HOSTS,
)
STRINGS = [
    *YAML_WORDS.split(),
    *NAMES.split(),
    *(line for lines in (*LINES, URLS, QUERIES) for line in lines.split("\n")),
    *QUOTES,
    *CONTROL,
    *INVISIBLE,
    *LETTERS,
    *LENGTHS,
    *SPACES,
]
