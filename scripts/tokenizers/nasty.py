"""1,000 strings that tokenizers stumble over. The same list on every machine: the seed is fixed."""
import random

ALPHABETS = {
    "latin": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "accents": "áàâäãåāçčéèêëēíìîïñóòôöõøōúùûüūýÿžšđßæœÁÀÂÄÃÅÇČÉÈÊËÍÌÎÏÑÓÒÔÖÕØÚÙÛÜÝŽŠĐİıſK",
    "greek": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ",
    "cyrillic": "абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЭЮЯ",
    "hebrew": "אבגדהוזחטיכלמנסעפצקרשתםןףץךְִֵֶַָ",
    "arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهويءأإآىةًٌٍَُِّْ٠١٢٣٤٥٦٧٨٩",
    "devanagari": "अआइईउऊएऐओऔकखगघचछजझटठडढणतथदधनपफबभमयरलवशषसहािीुूेैोौ्ं०१२३",
    "thai": "กขคงจฉชซญฐณดตถทธนบปผฝพฟภมยรลวศษสหอฮะาิีึืุูเแโใไ่้๊๋์",
    "cjk": "東京日本語中国汉字漢字的一是不了在人有我他这个们來時說㐀䶵龥豈𠀀𪛖",
    "kana": "あいうえおかきくけこさしすせそアイウエオカキクケコガギグパピプｱｲｳﾞﾟー々",
    "hangul": "가각간한국어안녕하세요힣ᄀ까ᅢᆨᆩ",
    "emoji": "🙂😀🎉🚀❤️👍🏽👩‍👩‍👧‍👦🏳️‍🌈🇯🇵🇩🇪🧑🏿‍🚀☃️",
    "digits": "0123456789٣४๕१²³¹½⅓Ⅻⅳ①⑳０９𝟘𝟡",
    "punctuation": "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~¡¿«»“”‘’„…–—•†‡。、！？「」（）﹏§¶©®™°€£¥",
    "symbols": "+−×÷=≠≈≤≥∞∑∏√∫∂∇←↑→↓⇒⇔∀∃∈∉∅ℂℝ𝔸𝒜𝕳█▁▂▄▌○●◎★☆♠♥",
    "marks": "\u0300\u0301\u0302\u0308\u030a\u0327\u0328\u0338\u0345\u20d0\u20dd\u0591\u05b0\u064b\u093c\u0e31\ufe0f\u200d",
    "invisible": "\u00ad\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202e\u2060\u2066\u2069\ufeff\ufffc\ufffd\u180e\u061c\U000e0041",
    "controls": "".join(map(chr, [*range(32), 0x7F, *range(0x80, 0xA0)])),
    "spaces": " \t\n\r\x0b\x0c\u0085\u00a0\u1680\u2000\u2003\u2009\u202f\u205f\u3000",
    "compat": "ﬁﬂﬃĳǆªº℀™㎏㍿ＡＢｃ！～￥ﷺﬀÅΩK가각ẛ̣ḍ̇ΐΰẞŉ",
    "private": "\ue000\uf8ff\U000f0000\U0010ffff\uffff\ufdd0",
}
LOOKALIKES = [
    "<s>", "</s>", "<unk>", "<pad>", "<mask>", "[CLS]", "[SEP]", "[UNK]", "[PAD]", "[MASK]", "##ing", "##", "<0x41>", "<0x0A>",
    "<0xE6>", "▁", "▁▁", "▁the", "Ġ", "Ġthe", "Ċ", "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|user|>", "<|end|>",
    "<start_of_turn>", "<end_of_turn>", "<unused0>", "<extra_id_0>", "[unused0]", "<|", "|>", "<s", "s>", "</", "[CLS", "CLS]",
    "<S>", "< s>", "<s >", "<|endoftext", "endoftext|>", "<|endoftext|", "[UNK", "</s", "<bos>", "<eos>", "[INST]", "[/INST]",
    " ⁇ ", "<tool>", "tool>", "é<tool>", "cafe\u0301",
]
WORDS = ("the of and to in a is that for it was on with he as his at by from tokens model layer attention head circuit "
         "playing played player unhappiness internationalization don't we'll I'VE you're it's HELLO World iPhone x86_64 "
         "naïve café Zürich straße Москва 東京 東京都 日本語 नमस्ते مرحبا שלום 안녕하세요 สวัสดี Ελλάδα 123 4567 3.14 1,000 2024-01-31 "
         "def return print() {} => != === // /* */ foo_bar camelCase HTTP/1.1 user@example.org https://example.org/a?b=c").split()


def _runs(rng):
    space = rng.choice(ALPHABETS["spaces"][:4] + "  ▁\u00a0\u3000")
    words = rng.sample(WORDS, 3)
    return (space * rng.randrange(0, 12) + words[0] + space * rng.randrange(1, 40) + words[1]
            + " " * rng.randrange(0, 5) + "\n" * rng.randrange(0, 4) + words[2] + space * rng.randrange(0, 9))


def _lookalikes(rng):
    parts = []
    for _ in range(rng.randrange(1, 6)):
        parts += [rng.choice(LOOKALIKES), rng.choice(["", "", " ", "  ", "\n", "a", rng.choice(WORDS)])]
    return rng.choice(["", " ", "x"]) + "".join(parts)


def _script(rng, names):
    alphabet = "".join(ALPHABETS[rng.choice(names)] for _ in range(rng.randrange(1, 3)))
    return "".join(rng.choice(alphabet + "  ") for _ in range(rng.randrange(1, 30)))


def _points(rng, top):
    points = [rng.randrange(top) for _ in range(rng.randrange(1, 40))]
    return "".join(chr(p) for p in points if not 0xD800 <= p <= 0xDFFF)


def _marks(rng):
    base = ALPHABETS["latin"] + ALPHABETS["accents"] + ALPHABETS["devanagari"] + " "
    return "".join(rng.choice(["", rng.choice(base)]) + rng.choice(ALPHABETS["marks"]) * rng.randrange(0, 4)
                   for _ in range(rng.randrange(1, 20)))


def _repeats(rng):
    unit = rng.choice(["a", "ab", "aab", "aba", "abc", "the", "th", "in", "11", "12", "!", "=", "-", "é", "東", "🙂", "ing", "nan", "e"])
    return unit * rng.randrange(1, 60) + rng.choice(["", "a", "b", " ", "x"]) + unit * rng.randrange(0, 7)


def _sentence(rng):
    return rng.choice(["", " "]) + rng.choice([" ", " ", "  ", "\n", ""]).join(rng.choices(WORDS, k=rng.randrange(1, 16)))


def strings():
    rng = random.Random(20)
    found = ["", " ", "  ", "\n", "\t", "\r\n", "\0", "▁", "a", "東", "🙂", "\u0301", "\ufeff", " a", "a ", " a ", "\u00a0a"]
    found += LOOKALIKES + ["x" * 4000, "東" * 1500, "🙂" * 400, "ab" * 1000 + "c", "é" * 900, "e\u0301" * 500, " " * 700, "▁" * 300,
                           "a" * 101, "a" * 100, "é" * 101, "supercalifragilistic" * 60, "1" * 999, "\u0301" * 200, "\0" * 50]
    kinds = [lambda: _runs(rng), lambda: _lookalikes(rng), lambda: _script(rng, list(ALPHABETS)), lambda: _points(rng, 0x300),
             lambda: _points(rng, 0x20000), lambda: _points(rng, 0x110000), lambda: _marks(rng), lambda: _repeats(rng),
             lambda: _sentence(rng), lambda: _script(rng, ["controls", "invisible", "spaces", "latin"]), lambda: _sentence(rng),
             lambda: _script(rng, ["compat", "accents", "marks", "digits"])]
    seen = dict.fromkeys(found)
    while len(seen) < 1000:
        seen.setdefault(rng.choice(kinds)())
    return list(seen)


def corpus():
    """Lines to train on: words of several scripts, so that there are merges in each."""
    rng = random.Random(21)
    scripts = [ALPHABETS[name] for name in ("latin", "accents", "greek", "cyrillic", "devanagari", "kana", "cjk")]
    made = ["".join(rng.choices(rng.choice(scripts)[:26], k=rng.randrange(2, 5))) for _ in range(400)]
    lines = []
    for _ in range(3000):
        words = rng.choices(WORDS, weights=[1 / (1 + i) ** 0.5 for i in range(len(WORDS))], k=rng.randrange(3, 12))
        words += [rng.choice(made) + rng.choice(made) for _ in range(4)]
        lines.append(" ".join(words) + rng.choice(["", ".", "!", "  ", "aab abab", " nan ing"]))
    return lines
