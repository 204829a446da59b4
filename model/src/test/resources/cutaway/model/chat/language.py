"""Writes language.json: small templates, one for each piece of the language, with what Python's jinja2 makes of them.

    scripts/chat-templates && CACHE=${CUTAWAY_CACHE:-~/.cache/cutaway}
    $CACHE/chat-templates/venv/bin/python model/src/test/resources/cutaway/model/chat/language.py

jinja2 3.1.6, set up as transformers sets it up; the time is fixed. No seed: nothing is drawn.
"""

import importlib.machinery
import importlib.util
import json
import pathlib
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).parent
loader = importlib.machinery.SourceFileLoader("chat_templates", str(HERE.parents[6] / "scripts" / "chat-templates"))
script = importlib.util.module_from_spec(importlib.util.spec_from_loader("chat_templates", loader))
loader.exec_module(script)

DATA = {
    "yes": True, "no": False, "nil": None, "n": 7, "x": 2.5, "s": "  Hello, wörld 🙂!\n", "w": "one two  three", "empty": "",
    "l": [3, 1, 2], "words": ["b", "A", "c"], "d": {"b": 1, "a": {"c": [1, 2]}, "items": "own"},
    "people": [{"name": "Ann", "age": 30, "tags": ["x"]}, {"name": "bob", "age": 5}, {"name": "Cy", "age": None}],
    "tool": {"name": "f<&>'", "n": 1.0, "big": 1e22, "small": 1e-7, "list": [], "map": {}, "é": "\u007f\u0001\"\\/ \u2028🙂", "t": True},
}

TEMPLATES = {
    "whitespace": [
        "a\n  {% if yes %}\n  b\n  {% endif %}\nc\n", "a \n {%- if yes -%} \n b \n {%- endif -%} \n c", "{%+ if yes +%}\nx{% endif %}\n\ny",
        "  {{ n }}  \n  {{- n -}}  \n z", "  {# note #}\nx {# y #} z", "  {#- a -#}  \n b", "{% if yes %}\n\n x\n{% endif %}",
        "\t{% set a = 1 %}\n\t{{ a }}\r\nend\r", "{% raw %}{{ x }}{% y %}{% endraw %}\nz", "a {%- raw -%} {{ b }} {%- endraw -%} c",
        "x\n\n", "x{{ n }}\n", "  {%- for i in l %}\n  {{ i }}\n  {%- endfor %}\n", "{{ '}}' }}{{ {'a': {'b': 1}}['a']['b'] }}",
        "{{+ n }} {{- n }}", "a\u00a0\n {%- set b = 1 -%}\u00a0 c", "{% set a %}\n x \n{% endset %}[{{ a }}]",
    ],
    "literals": [
        "{{ 'a\\n\\t\\'\\\\\\x41\\u00e9\\d' }}", "{{ \"it's\" 'joined' }}", "{{ 1_000 }} {{ 0x1f }} {{ 0b11 }} {{ 0o17 }} {{ 1.5e3 }} {{ 2.50 }}",
        "{{ [1, 'a', none, true, 2.0, (1,), (), {}] }}", "{{ {'a': 1, 'b': [True, None]} }}", "{{ True }} {{ false }} {{ None }}",
        "{{ (1, 2) }} {{ 1, 2 }}", "{{ ['it\\'s', '\"', '\\'\"', 'a\\n', 'é', '\\u200b', '\\x01'] }}", "{{ 1e16 }} {{ 123456789.0 }} {{ 0.0001 }} {{ 0.00001 }}",
        "{{ [1, 2,] }}{{ {'a': 1,} }}",
    ],
    "operators": [
        "{{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 2 ** 10 }} {{ 2 ** -1 }} {{ 1 + 2.5 }}", "{{ 'a' + 'b' ~ 1 ~ none ~ missing }}",
        "{{ 'ab' * 3 }} {{ [1] * 2 + [3] }}", "{{ 1 + 2 * 3 - 4 }} {{ (1 + 2) * 3 }} {{ -n }} {{ +x }} {{ - 2 ** 2 }}",
        "{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 1 == 1.0 }} {{ 'a' != 'b' }} {{ [1, 2] == [1, 2] }} {{ 'a' < 'b' }} {{ [1] < [1, 2] }} {{ true == 1 }}",
        "{{ 1 in l }} {{ 9 not in l }} {{ 'ell' in s }} {{ 'b' in d }} {{ 1 in missing }} {{ not 1 in l }}",
        "{{ nil or 'x' }} {{ empty and 'y' }} {{ not empty }} {{ 0 or [] or 'z' }}", "{{ 'a' if yes else 'b' }} {{ 'a' if no }}|{{ 1 if no else 2 if no else 3 }}",
        "{{ '%s is %d of %05.1f %%' % ('a', 3, 2.25) }} {{ '%s' % n }}", "{{ 'a' ~ (1 + 2) }}", "{{ n is defined and n > 3 or no }}", "{{ l[0] + l[-1] * 2 }}",
        "{{ true + 1 }} {{ n - true }}", "{{ 7.5 // 2 }} {{ -7.5 % 2 }}",
    ],
    "access": [
        "{{ d.b }} {{ d['b'] }} {{ d.a.c[1] }} {{ d['items'] }} {{ d.missing }}|{{ d['missing'] }}", "{{ l[5] }}|{{ s[99] }}|{{ l['x'] }}", "{{ s[2] }} {{ s[-2] }} {{ l.0 }}",
        "{{ l[::-1] }} {{ l[1:] }} {{ l[:-1] }} {{ l[-2:] }} {{ l[::2] }} {{ l[5:] }} {{ l[-9:2] }}", "{{ s[::-1] }}|{{ s[2:7] }}|{{ s[-4:-2] }}|{{ s[16:18] }}",
        "{{ (1, 2, 3)[1:] }} {{ range(5)[2] }}", "{{ missing is defined }} {{ missing }} {{ missing|length }} {% for a in missing %}x{% endfor %}", "{{ 'abc'.upper() }} {{ 'abc'['upper']() }}",
        "{{ l[3:0:-1] }} {{ l[:0:-1] }} {{ l[0:3:2] }}", "{{ people[0].name }} {{ people[-1]['name'] }}",
    ],
    "text methods": [
        "{{ s.strip() }}|{{ s.lstrip() }}|{{ s.rstrip() }}|{{ 'xxaxx'.strip('x') }}|{{ '\\n\\na\\n'.lstrip('\\n') }}|{{ 'abc'.rstrip('cb') }}",
        "{{ w.split() }} {{ w.split(' ') }} {{ 'a</t>b</t>c'.split('</t>')[-1] }} {{ 'a,b,c'.split(',', 1) }} {{ 'a,b,c'.rsplit(',', 1) }} {{ ' a  b c '.split(none, 1) }} {{ ' a  b c '.rsplit(none, 1) }}",
        "{{ w.startswith('one') }} {{ w.endswith('x') }} {{ w.startswith(('a', 'o')) }}", "{{ w.upper() }} {{ 'ÀB'.lower() }} {{ \"they're bill's\".title() }} {{ 'hELLO wORLD'.capitalize() }} {{ 'straße'.upper() }}",
        "{{ w.replace('o', '0') }} {{ w.replace('o', '0', 1) }} {{ 'ab'.replace('', '-') }}", "{{ w.find('two') }} {{ w.find('z') }} {{ w.rfind('e') }} {{ '🙂a'.find('a') }} {{ w.count('e') }} {{ w.index('two') }}",
        "{{ ', '.join(['a', 'b']) }} {{ 'a\\nb\\r\\nc'.splitlines() }} {{ 'a-b-c'.partition('-') }} {{ 'a-b-c'.rpartition('-') }}", "{{ '12'.isdigit() }} {{ 'ab'.isalpha() }} {{ ' '.isspace() }} {{ ''.isdigit() }} {{ 'AB'.isupper() }} {{ 'a1'.isalnum() }}",
        "{{ 'prefix-a'.removeprefix('prefix-') }} {{ 'a.txt'.removesuffix('.txt') }} {{ '7'.zfill(3) }} [{{ 'a'.ljust(3) }}] [{{ 'a'.rjust(3, '.') }}]",
        "{{ '\u3000\u2003 a\u0085'.strip() }}",
    ],
    "dict methods": [
        "{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}={{ v }};{% endfor %}", "{{ d.keys() | list }} {{ {'a': 1}.values() | list }} {{ d.get('b') }} {{ d.get('zz') }} {{ d.get('zz', 5) }}",
        "{{ {'a': 1}.items() }} {{ {'a': 1}.keys() }}", "{% for k in d %}{{ k }},{% endfor %}", "{{ dict(a=1, b='x') }} {{ dict({'c': 1}, d=2) }} {{ dict([('k', 'v')]) }}", "{{ l.index(1) }} {{ l.count(3) }}", "{{ {}.items() | length }}",
    ],
    "loops": [
        "{% for i in l %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.depth }} {% endfor %}",
        "{% for i in l %}[{{ loop.previtem }}<{{ i }}>{{ loop.nextitem }}{{ loop.previtem is defined }}]{% endfor %}", "{% for i in [] %}a{% else %}none{% endfor %}",
        "{% for p in people if p.age is not none %}{{ loop.index }}/{{ loop.length }} {{ p.name }} {% else %}x{% endfor %}", "{% for i in range(10) %}{% if i == 2 %}{% continue %}{% endif %}{% if i > 4 %}{% break %}{% endif %}{{ i }}{% endfor %}",
        "{% for i in range(2) %}{% for j in range(2) %}{{ i }}{{ j }}{{ loop.index }}{{ loop.depth }} {% endfor %}{{ loop.index }}{% endfor %}", "{% set a = 1 %}{% for i in l %}{{ a }}{% set a = i %}{{ a }}{% endfor %}{{ a }}",
        "{% set ns = namespace(a=0, f=false) %}{% for i in l %}{% set ns.a = ns.a + i %}{% if i == 1 %}{% set ns.f = true %}{% endif %}{% endfor %}{{ ns.a }}{{ ns.f }}{{ ns.zz }}",
        "{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "{% for c in 'né🙂' %}{{ c }}.{% endfor %}", "{% for i in l %}{{ loop.cycle('a', 'b') }}{{ loop.changed(i > 1) }}{% endfor %}",
        "{% for i in l[::-1] %}{{ i }}{% if not loop.last %}, {% endif %}{% endfor %}", "{% for x in l|sort %}{{ x }}{% endfor %}{{ x }}",
    ],
    "set": [
        "{% set a, b = 1, 2 %}{{ b }}{{ a }}", "{% set a %}x{{ n }}{% endset %}{{ a }}", "{% set a | upper | trim %} x {% endset %}{{ a }}", "{% if yes %}{% set a = 1 %}{% endif %}{{ a }}", "{% set a = 1, %}{{ a }}",
        "{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}{{ a }}", "{% filter upper %}abc{% endfilter %}", "{% set a = 'x' if no else 'y' %}{{ a }}", "{% generation %}{% set a = 1 %}x{{ a }}\n{% endgeneration %}\n{{ a }}y",
    ],
    "macros": [
        "{% macro f(a, b=2, c='x') %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ f(1) }} {{ f(1, c=3) }} {{ f(1, 5, 6) }} {{ f() }} {{ f(b=1) }}", "{% macro f(n) %}{% if n > 0 %}{{ n }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}",
        "{% macro f(a, b=a) %}{{ a }}{{ b }}{% endmacro %}{{ f(1) }}", "{% macro f() %}[{{ caller() }}]{% endmacro %}{% call f() %}x{{ n }}{% endcall %}", "{% macro f() %}{{ caller(1) }}{% endmacro %}{% call(a) f() %}<{{ a }}>{% endcall %}",
        "{% macro f(a, b) %}{{ a }}-{{ b }}{% endmacro %}{% set z = [1, 2] %}{{ f(*z) }} {{ f(**{'a': 3, 'b': 4}) }}", "{% set y = 1 %}{% macro f() %}{{ y }}{% set y = 2 %}{{ y }}{% endmacro %}{{ f() }}{{ y }}", "{%- macro f(x) -%}\n {{ x }}\n{%- endmacro -%}\n{{ f('a') | upper }}{{ f('b') + 'c' }}",
        "{% macro f() %}{{ q }}{% endmacro %}{% set q = 5 %}{{ f() }}", "{% for i in l %}{% macro g() %}{{ i }}{% endmacro %}{{ g() }}{% endfor %}",
    ],
    "tests": [
        "{% for v in [yes, no, nil, n, x, s, l, d, (1,), missing, range(2), {}.items()] %}" + "".join(f"{{{{ v is {t} }}}} " for t in "defined undefined none string number integer float boolean mapping iterable sequence true false callable".split()) + "\n{% endfor %}",
        "{{ 3 is odd }} {{ 4 is even }} {{ 9 is divisibleby 3 }} {{ 'a' is in ['a'] }} {{ 1 is eq 1 }} {{ 1 is equalto(2) }} {{ 2 is gt 1 }} {{ 'ab' is lower }} {{ 'AB' is upper }} {{ nil is sameas none }} {{ 1 is ne 2 }} {{ n is not none }} {{ n is not string and yes }}",
        "{{ (missing is defined) if d is mapping and d.zz is defined else 'no' }}", "{{ yes is true }} {{ 1 is true }} {{ 0 is false }}",
    ],
    "filters": [
        "{{ s | trim }}|{{ 'xax' | trim('x') }}|{{ 'abc' | upper }}|{{ 'ABC' | lower }}|{{ 'hello wORLD' | capitalize }}|{{ 'hello-wORLD (x' | title }}|{{ n | string + '!' }}|{{ nil | trim }}", "{{ missing | default('x') }} {{ empty | default('x') }} {{ empty | default('x', true) }} {{ nil | d('y') }} {{ nil | default('y', boolean=true) }}",
        "{{ l | length }} {{ s | count }} {{ d | length }} {{ 'é🙂' | length }}", "{{ l | join(', ') }} {{ l | join }} {{ people | join('/', attribute='name') }}", "{{ people | map(attribute='name') | list }} {{ people | map(attribute='tags', default='-') | list }} {{ words | map('upper') | join }} {{ people[:1] | map(attribute='tags.0') | list }}",
        "{{ people | selectattr('age') | map(attribute='name') | list }} {{ people | rejectattr('age', 'none') | list | length }} {{ people | selectattr('name', 'equalto', 'Cy') | first }} {{ people | selectattr('tags', 'defined') | list | length }} {{ nil | selectattr('a') | list }}", "{{ l | select('odd') | list }} {{ l | reject('gt', 1) | list }} {{ ['', 'a'] | select | list }}",
        "{{ l | first }} {{ l | last }} {{ [] | first }}|{{ l | sort }} {{ l | sort(reverse=true) }} {{ words | sort }} {{ words | sort(case_sensitive=true) }} {{ people | sort(attribute='name') | map(attribute='name') | list }}", "{{ d | dictsort }} {{ {'B': 1, 'a': 3} | dictsort }} {{ {'b': 1, 'a': 3} | dictsort(by='value', reverse=true) }} {{ {'B': 1, 'a': 3} | dictsort(true) }}",
        "{% for k, v in d | items %}{{ k }}:{{ v }} {% endfor %}{% for k, v in missing | items %}x{% endfor %}", "{{ '42' | int }} {{ 'x' | int }} {{ 'x' | int(7) }} {{ 3.9 | int }} {{ ' 5 ' | int }} {{ '3.7' | int }} {{ 'ff' | int(0, 16) }} {{ '2.5' | float }} {{ 'y' | float }} {{ -3 | abs }} {{ 2.567 | round(2) }} {{ 2.5 | round }} {{ 3.2 | round(0, 'ceil') }}",
        "{{ w | replace('o', '0') }} {{ 'aaa' | replace('a', 'b', 2) }}", "{{ l | reverse | list }} {{ 'abc' | reverse }} {{ l | max }} {{ l | min }} {{ l | sum }} {{ people[:2] | sum(attribute='age') }} {{ ['a', 'A', 'b'] | unique | list }} {{ [] | max }}", "{{ 'a\\nb\\n\\nc' | indent }}|{{ 'a\\nb' | indent(2, true) }}|{{ 'a\\n\\nb' | indent('> ', blank=true) }}|{{ 'a\\n' | indent }}|",
        "{{ '<a href=\"x\">' | e }} {{ '<b>' | safe }} {{ '%s-%s' | format(1, 'a') }}", "{{ 'abc' | list }} {{ d | list }} {{ (1, 2) | list }}", "{% if people | selectattr('zz') %}generator is true{% endif %}", "{{ l | map('string') | map('length') | sum }}", "{{ 'a' | attr('upper') is callable }}",
    ],
    "tojson": [
        "{{ tool | tojson }}", "{{ tool | tojson(indent=2) }}", "{{ d | tojson(sort_keys=true) }} {{ d | tojson(separators=(',', ':')) }} {{ 'é🙂<' | tojson(ensure_ascii=true) }}", "{{ nil | tojson }} {{ 1.5 | tojson }} {{ (1, 'a') | tojson }} {{ {1: 2, none: 3, false: 4} | tojson(indent=1) }} {{ {} | tojson(indent=4) }} {{ [[]] | tojson(indent=4) }}",
    ],
    "functions": [
        "{{ strftime_now('%Y-%m-%d %H:%M:%S %d %B %b %A %a %j %y %p %I %-d %%') }}", "{{ range(3) | list }} {{ range(1, 7, 2) | list }} {{ range(3, 0, -1) | list }}", "{% set ns = namespace({'a': 1}, b=2) %}{{ ns.a }}{{ ns.b }}",
    ],
    "refused": [  # Python fails; so must we
        "{{ missing.a }}", "{{ 'a' ~ 1 + 2 }}", "{{ missing + 'a' }}", "{{ 'a' + 1 }}", "{{ nil + 'a' }}", "{{ missing() }}", "{{ n() }}", "{{ l.append(1) }}", "{{ d.update({}) }}", "{{ 1 in nil }}", "{% for i in nil %}{% endfor %}", "{% for i in n %}{% endfor %}", "{{ 1 < 'a' }}", "{{ 1 / 0 }}", "{{ x | nosuch }}", "{{ x is nosuch }}",
        "{% set d.a = 1 %}", "{% set a, b = [1] %}", "{{ missing | tojson }}", "{{ range(1000000) }}", "{% macro f(a) %}{% endmacro %}{{ f(1, 2) }}", "{% macro f(a) %}{% endmacro %}{{ f(z=2) }}", "{{ n | length }}", "{{ l | map('nosuch') | list }}", "{{ ''.__class__.__mro__ }}", "{{ ','.join([1]) }}", "{{ 'a'.index('b') }}", "{{ n | items | list }}", "{{ 1 in 'a' }}", "{{ d[missing.x] }}",
        "{% if %}{% endif %}", "{% if yes %}", "{% for i l %}{% endfor %}", "{{ 1 + }}", "{{ 'a }}", "{{ (1 }}", "{% endif %}", "{% nosuch %}", "{# open", "{{ a b }}", "{% set 1 = 2 %}", "{% raw %}x", "{{ n is defined if yes else 2 }}", "{{ people | map(attribute='tags.0') | list }}", "{{ x is string is string }}", "{% if yes %}{% endfor %}", "{{ [1, 2 }}", "{{ ) }}", "{{ a.}}", "{{ f(a=1, 2) }}",
    ],
}


def main():
    env = script.environment()
    cases = []
    for group, templates in TEMPLATES.items():
        for template in templates:
            try:
                text = env.from_string(template).render(**DATA)
            except Exception as error:
                if group != "refused":
                    raise ValueError(template) from error
                text = None
            if group == "refused" and text is not None:
                raise ValueError(f"Python gives a text for {template}")
            cases.append({"group": group, "template": template, "text": text})
    note = "Texts by Python's jinja2 3.1.6, written by language.py in this folder; text null: Python fails."
    path = HERE / "language.json"
    path.write_text(json.dumps({"note": note, "data": DATA, "cases": cases}, indent=1, ensure_ascii=False) + "\n")
    print(len(cases), path)


main()
