import math
import traceback
from datetime import *
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from .kit import *

N = 400


def S(v):
    return [v] * N


CASES = {
    "plain": dict(),
    "names": {
        "Größe (m²)": range(N),
        "a b": [i % 7 + 0.5 for i in range(N)],
        'q"q': [i % 7 + 0.5 for i in range(N)],
        'q\'q""': [i % 5 + 0.5 for i in range(N)],
        "b\\s": [i % 9 + 0.5 for i in range(N)],
        "n\nl": [i % 9 + 0.5 for i in range(N)],
        "class": [i % 9 + 0.5 for i in range(N)],
        "columns": [i % 9 + 0.5 for i in range(N)],
        "filter": [i % 9 + 0.5 for i in range(N)],
        "sample": [i % 9 + 0.5 for i in range(N)],
        "cast": [i % 9 + 0.5 for i in range(N)],
        "label": [i % 9 + 0.5 for i in range(N)],
        "A-B": [i % 9 + 0.5 for i in range(N)],
        "a_b": [i % 9 + 0.5 for i in range(N)],
        "": [i % 9 + 0.5 for i in range(N)],
        "row_id": [i % 9 + 0.5 for i in range(N)],
        "hour": [i % 9 + 0.5 for i in range(N)],
        "weekday": [i % 9 + 0.5 for i in range(N)],
        "branch_mean": [i % 9 + 0.5 for i in range(N)],
        "date": [i % 9 + 0.5 for i in range(N)],
        "😀": [i % 9 + 0.5 for i in range(N)],
        "Ж": [i % 9 + 0.5 for i in range(N)],
        "x" * 300: [i % 9 + 0.5 for i in range(N)],
        "long name " * 30: [i % 9 + 0.5 for i in range(N)],
        "\x7f\x00": [i % 9 + 0.5 for i in range(N)],
        "__init__": [i % 9 + 0.5 for i in range(N)],
        "_": [i % 9 + 0.5 for i in range(N)],
        "self": [i % 9 + 0.5 for i in range(N)],
        "slipway_row": [i % 9 + 0.5 for i in range(N)],
    },
    "300": {f"c{i}": [(j * i) % 11 + 0.5 for j in range(N)] for i in range(300)},
    "nocat": {"branch": S(None)},
    "nonum": {"amount": S(None)},
    "onlyone": {"amount": S(None), "branch": S(None), "x": [i % 2 for i in range(N)]},
    "boolnull": {"b": [[True, False, None][i % 3] for i in range(N)]},
    "intnull": {"b": [[1, 5, None][i % 3] for i in range(N)]},
    "big": {
        "b": [2**63 - 1 - (i * i * 7919) % 1000 for i in range(N)],
        "small": [-(2**63) + (i * i * 7919) % 1000 for i in range(N)],
    },
    "i64wide": {"b": [(2**63 - 1) if i % 2 else -(2**63) for i in range(N)]},
    "bignull": {"b": [None if i % 5 == 0 else 2**62 + (i * i * 7919) % 1000 for i in range(N)]},
    "u64": {"b": pl.Series([2**64 - 1 - (i * i * 7919) % 1000 for i in range(N)], dtype=pl.UInt64)},
    "i128": {
        "b": pl.Series([2**100 - 1 - (i * i * 7919) % 1000 for i in range(N)], dtype=pl.Int128)
    },
    "huge": {"b": [1e30 if i == 5 else float(i * 7 % 13) for i in range(N)]},
    "huger": {"b": [1e300 if i == 5 else float(i * 7 % 13) for i in range(N)]},
    "maxf": {
        "b": [1.7e308 if i == 5 else -1.7e308 if i == 6 else float(i * 7 % 13) for i in range(N)]
    },
    "tiny": {"b": [1e-300 * (i * 7 % 13) for i in range(N)]},
    "tiny2": {"b": [1e-9 * (i * 7 % 13 + 1) for i in range(N)]},
    "f32frac": {"b": [0.1 + 1e-9 * (i * 7 % 13) for i in range(N)]},
    "naninf": {"b": [[math.nan, math.inf, -math.inf, 1.5, 2.5, 3.0][i % 6] for i in range(N)]},
    "allnan": {"b": S(math.nan)},
    "nanconst": {"b": [math.nan if i % 2 else 3.0 for i in range(N)]},
    "const_null": {"b": [None if i % 2 else "x" for i in range(N)]},
    "onetext": {"b": [None if i else "x" for i in range(N)]},
    "text300": {"b": [("%d" % (i % 3)) * 300 for i in range(N)]},
    "emptytext": {"b": [["", "x", "y"][i % 3] for i in range(N)]},
    "emptyonly": {"b": S("")},
    "ctext": {"b": [["\x00", "x\ny", "y\t", " "][i % 4] for i in range(N)]},
    "decimal": {"b": [Decimal("1.25") * (i % 7) for i in range(N)]},
    "decimalnull": {"b": [None if i % 6 == 0 else Decimal("1.25") * (i % 7) for i in range(N)]},
    "cat": {"b": pl.Series(["a", "b"] * (N // 2), dtype=pl.Categorical)},
    "enum": {"b": pl.Series(["a", "b"] * (N // 2), dtype=pl.Enum(["a", "b", "c"]))},
    "enumnull": {"b": pl.Series(["a", None] * (N // 2), dtype=pl.Enum(["a", "b", "c"]))},
    "date": {"b": [date(2020, 1, 1) + timedelta(days=i) for i in range(N)]},
    "time_": {"b": [time(i % 24) for i in range(N)]},
    "dur": {"b": [timedelta(days=i) for i in range(N)]},
    "list": {"b": [[i] for i in range(N)]},
    "struct": {"b": [{"a": i} for i in range(N)]},
    "binary": {"b": [b"x%d" % (i % 2) for i in range(N)]},
    "null": {"b": pl.Series([None] * N, dtype=pl.Null)},
    "i8": {"b": pl.Series([i * 7 % 100 for i in range(N)], dtype=pl.Int8)},
    "u8": {"b": pl.Series([i * 7 % 250 for i in range(N)], dtype=pl.UInt8)},
    "f32": {"b": pl.Series([i * 7 % 250 + 0.5 for i in range(N)], dtype=pl.Float32)},
    "neg": {"b": [-(i * 7 % 100) - 1 for i in range(N)]},
    "zero": {"b": [0.0 if i % 2 else -0.0 for i in range(N)]},
    "const0": {"b": S(0)},
    "leakcopy": {"b": table()["unpaid"].to_list()},
    "leaktext": {"b": ["no" if x else "yes" for x in table()["unpaid"]]},
    "leaknull": {"b": [5 if x else None for x in table()["unpaid"]]},
    "leaktime": {"b": [datetime(2024, 1, 1) if x else None for x in table()["unpaid"]]},
    # outcomes
    "o_bool": {"unpaid": table()["unpaid"].cast(pl.Boolean)},
    "o_YN": {"unpaid": ["Y" if x else "N" for x in table()["unpaid"]]},
    "o_float": {"unpaid": table()["unpaid"].cast(pl.Float64)},
    "o_good": {"unpaid": ["bad" if x else "good" for x in table()["unpaid"]]},
    "o_12": {"unpaid": table()["unpaid"] + 1},
    "o_half": {"unpaid": table()["unpaid"] * 0.5},
    "o_dec": {"unpaid": [Decimal(x) for x in table()["unpaid"]]},
    "o_cat": {
        "unpaid": pl.Series(["Y" if x else "N" for x in table()["unpaid"]], dtype=pl.Categorical)
    },
    "o_enum": {
        "unpaid": pl.Series(
            ["Y" if x else "N" for x in table()["unpaid"]], dtype=pl.Enum(["N", "Y"])
        )
    },
    "o_null": {"unpaid": [None if i > 390 else x for i, x in enumerate(table()["unpaid"])]},
    "o_fnull": {
        "unpaid": [math.nan if i > 390 else float(x) for i, x in enumerate(table()["unpaid"])]
    },
    "o_estr": {"unpaid": ["" if i > 390 else "YN"[x] for i, x in enumerate(table()["unpaid"])]},
    "o_date": {"unpaid": [date(2024, 1, 1 + x) for x in table()["unpaid"]]},
    "o_list": {"unpaid": [[x] for x in table()["unpaid"]]},
    "o_time1": {"unpaid": [date(2024, 1, 1) if x else None for x in table()["unpaid"]]},
    "o_one": {"unpaid": S(1)},
    "o_none": {"unpaid": S(None)},
    "o_five": {"unpaid": [i % 5 for i in range(N)]},
    "o_num": {"unpaid": [i * 0.37 for i in range(N)]},
    "o_inf": {"unpaid": [math.inf if x else 0.0 for x in table()["unpaid"]]},
    "o_u8": {"unpaid": table()["unpaid"].cast(pl.UInt8)},
    "o_unk": {"unpaid": ["unknown" if x else "no" for x in table()["unpaid"]]},
    "o_quote": {"unpaid": ['it\'s "bad"\n😀' if x else "no" for x in table()["unpaid"]]},
    # times
    "t_epoch": {"asked": [1704067200 + i * 20000 for i in range(N)]},
    "t_epochms": {"asked": [(1704067200 + i * 20000) * 1000 for i in range(N)]},
    "t_epochns": {"asked": [(1704067200 + i * 20000) * 10**9 for i in range(N)]},
    "t_epochf": {"asked": [1704067200.5 + i * 20000 for i in range(N)]},
    "t_num": {"asked": [i * 0.1 for i in range(N)]},
    "t_tz": {
        "asked": table()["asked"].dt.replace_time_zone("UTC").dt.convert_time_zone("Europe/Berlin")
    },
    "t_ns": {"asked": table()["asked"].cast(pl.Datetime("ns"))},
    "t_ms": {"asked": table()["asked"].cast(pl.Datetime("ms"))},
    "t_date": {"asked": table()["asked"].dt.date()},
    "t_time": {"asked": [time(i % 24) for i in range(N)]},
    "t_dur": {"asked": [timedelta(days=i) for i in range(N)]},
    "t_bool": {"asked": [i % 2 == 0 for i in range(N)]},
    "t_list": {"asked": [[i] for i in range(N)]},
    "t_binary": {"asked": [b"x"] * N},
    "t_null": {"asked": S(None)},
    "t_iso": {"asked": table()["asked"].dt.strftime("%Y-%m-%dT%H:%M:%S")},
    "t_isoz": {"asked": table()["asked"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")},
    "t_isooff": {"asked": table()["asked"].dt.strftime("%Y-%m-%dT%H:%M:%S+02:00")},
    "t_isooffc": {"asked": table()["asked"].dt.strftime("%Y-%m-%d %H:%M:%S.%3f +0200")},
    "t_text": {"asked": ["soon"] * N},
    "t_us": {"asked": table()["asked"].dt.strftime("%m/%d/%Y")},
    "t_usampm": {"asked": table()["asked"].dt.strftime("%m/%d/%Y %I:%M %p")},
    "t_amb": {"asked": [f"{i % 12 + 1:02}/{(i * 7) % 12 + 1:02}/2024" for i in range(N)]},
    "t_amb2": {"asked": [f"0{i % 3 + 1}.0{(i * 7) % 9 + 1}.2024" for i in range(N)]},
    "t_amb3": {"asked": [f"{i % 12 + 1}/{(i * 7) % 12 + 1}/24" for i in range(N)]},
    "t_somebad": {
        "asked": [
            "" if i % 30 == 0 else "x" if i % 31 == 0 else x
            for i, x in enumerate(table()["asked"].dt.strftime("%Y-%m-%d %H:%M"))
        ]
    },
    "t_manybad": {
        "asked": [
            "x" if i % 3 == 0 else x
            for i, x in enumerate(table()["asked"].dt.strftime("%Y-%m-%d %H:%M"))
        ]
    },
    "t_nullsome": {"asked": [None if i % 3 == 0 else x for i, x in enumerate(table()["asked"])]},
    "t_cat": {"asked": table()["asked"].dt.strftime("%Y-%m-%d %H:%M").cast(pl.Categorical)},
    "t_compact": {"asked": table()["asked"].dt.strftime("%Y%m%d").cast(pl.Int64)},
    "t_oneday": {"asked": [datetime(2024, 1, 1, 0, 0) + timedelta(minutes=i) for i in range(N)]},
    "t_year1": {"asked": [datetime(1, 1, 1) + timedelta(days=i * 1800) for i in range(N)]},
    "t_outlier": {
        "asked": [
            datetime(1900, 1, 1) if i == 5 else datetime(9999, 12, 31, 23, 59) if i == 6 else x
            for i, x in enumerate(table()["asked"])
        ]
    },
}


@pytest.mark.parametrize("name", CASES)
def test_probe(name, adopt, home):
    before = tree(home)
    try:
        r = adopt(table(**CASES[name]))
    except BaseException as e:
        tb = traceback.extract_tb(e.__traceback__)
        line = f"TRACE {type(e).__name__} {str(e).splitlines()[0][:150]} @ {[f'{Path(t.filename).name}:{t.lineno}' for t in tb if 'slipway' in t.filename][-2:]}"
    else:
        if r.code:
            line = f"refused: {r.err.strip()}"
        else:
            try:
                rows = r.read()
                lab = r.labels()
                cols = {
                    k: (
                        type(c).__name__,
                        c.nullable,
                        getattr(c, "min", None),
                        getattr(c, "max", None),
                    )
                    for k, c in r.columns.items()
                    if k not in ("asked", "row_id", "amount", "branch")
                }
                line = (
                    f"ok rows={len(rows)} labels={len(lab)}/{lab['label'].sum()} {str(cols)[:300]}"
                )
                from slipway.schema import input_specs

                input_specs()
            except BaseException as e:
                line = f"AFTER {type(e).__name__} {str(e)[:200]}"
            left = [l.strip() for l in r.out.splitlines() if "left out" in l or "note" in l]
            line += " | " + "; ".join(left)[:200]
            p = str(home / "src/loans")
            for c in (["check"], ["format", "--check"]):
                o = subprocess.run(
                    [
                        "/work/main/.venv/bin/ruff",
                        *c,
                        "--config",
                        "/tmp/p/pyproject.toml",
                        "--no-cache",
                        "--output-format=concise",
                        *[f"{p}/{m}.py" for m in ("source", "schema", "features")],
                    ]
                    if c == ["check"]
                    else [
                        "/work/main/.venv/bin/ruff",
                        *c,
                        "--config",
                        "/tmp/p/pyproject.toml",
                        "--no-cache",
                        *[f"{p}/{m}.py" for m in ("source", "schema", "features")],
                    ],
                    capture_output=True,
                    text=True,
                )
                if o.returncode:
                    line += "\n    RUFF " + (o.stdout + o.stderr)[:400].replace(p, "")
            y = subprocess.run(
                [
                    "/work/main/.venv-engine/bin/yamllint",
                    "--strict",
                    "-c",
                    "/tmp/p/.yamllint.yaml",
                    str(home / "objectives.yaml"),
                ],
                capture_output=True,
                text=True,
            )
            if y.returncode:
                line += "\n   YAML " + y.stdout[:300]
    if r_changed(home, before, line):
        line += " !! CHANGED"
    Path("/tmp/adw/probe.txt").open("a").write(f"{name}: {line}\n")


def r_changed(home, before, line):
    now = tree(home)
    now.pop("rows.parquet", None)
    before.pop("rows.parquet", None)
    return not line.startswith("ok") and now != before
def csvt(frame=None, **k): return (table() if frame is None else frame).with_columns(pl.col("asked").dt.strftime("%Y-%m-%d %H:%M")).write_csv(**k)
def text(): return csvt()
def w(b): return b if isinstance(b,bytes) else b.encode()
T=lambda **k: csvt(table(**k))
semi=lambda: csvt(separator=";").replace(".",",")
FILES={
 "csv":("r.csv",text),"csvcrlf":("r.csv",lambda:text().replace("\n","\r\n")),"bom":("r.csv",lambda:"\ufeff"+text()),"semi":("r.csv",semi),"semi_bom":("r.csv",lambda:"\ufeff"+semi()),"tab":("r.csv",lambda:csvt(separator="\t")),
 "pipe":("r.csv",lambda:csvt(separator="|")),
 "quotednl":("r.csv",lambda:T(note=['a\n"b"',"c,d;e"]*200)),
 "quotednlhead":("r.csv",lambda:T(**{"a\nb":['a\n"b"',"c,d;e"]*200})),
 "latin1":("r.csv",lambda:T(note=["Müll","ähm"]*200).encode("latin-1")),
 "latin1late":("r.csv",lambda:T(note=["a","b"]*200).encode("latin-1")+"2024-04-01 10:00,3.5,süd,1,a\n".encode("latin-1")),
 "utf16":("r.csv",lambda:text().encode("utf-16")),
 "ragged":("r.csv",lambda:text()+"2024-04-01 10:00,3.5,x,1,9,9\n"),
 "short":("r.csv",lambda:text()+"2024-04-01 10:00,3.5\n"),
 "header":("r.csv",lambda:"asked,amount,branch,unpaid\n"),"empty":("r.csv",lambda:""),"blank":("r.csv",lambda:"\n\n"),"nul":("r.csv",lambda:"\0"*100),
 "zeropq":("r.parquet",lambda:pq(table().clear())),"trunc":("r.parquet",lambda:pq(table())[:-100]),"trunc2":("r.parquet",lambda:pq(table())[:500]),"corrupt":("r.parquet",lambda:(lambda b:b[:200]+b"\xff"*400+b[600:])(pq(table()))),"notpq":("r.parquet",lambda:text()),"pqascsv":("r.csv",lambda:pq(table())),
 "gz":("r.csv.gz",lambda:b"x"),"xlsx":("r.xlsx",lambda:b"x"),"noext":("rows",lambda:text()),
 "umlaut":("däta dir/ö rows.csv",text),"quote":("it's \"x\".csv",text),"bracket":("r[1].csv",text),"star":("r*.csv",text),
 "csvbool":("r.csv",lambda:T(unpaid=[str(bool(x)) for x in table()["unpaid"]])),
 "csvboollow":("r.csv",lambda:T(unpaid=[str(bool(x)).lower() for x in table()["unpaid"]],f=["true","false"]*200,g=["true","false",None,"false"]*100)),
 "csvfloat":("r.csv",lambda:T(unpaid=[float(x) for x in table()["unpaid"]])),
 "csvYN":("r.csv",lambda:T(unpaid=["YN"[x] for x in table()["unpaid"]])),
 "csvNA":("r.csv",lambda:T(unpaid=["NA" if i>380 else str(x) for i,x in enumerate(table()["unpaid"])],k=["NA","x","y","z"]*100,num=["NA","1","2","3.5"]*100)),
 "csvYNNA":("r.csv",lambda:T(unpaid=["" if i>380 else "NA" if i>370 else "YN"[x] for i,x in enumerate(table()["unpaid"])])),
 "csvmixint":("r.csv",lambda:T(b=[str(i*7%100) if i%50 else "12.5" for i in range(400)],c=[str(i*7%100) if i!=390 else "?" for i in range(400)])),
 "csvlatefloat":("r.csv",lambda:T(b=[str(i*7%100) if i!=399 else "12.5" for i in range(400)])),
 "csvbigint":("r.csv",lambda:T(b=[str(2**63+i*i*7%100) for i in range(400)])),
 "csvinf":("r.csv",lambda:T(b=[["inf","-inf","NaN","1.5","2"][i%5] for i in range(400)])),
 "csvspace":("r.csv",lambda:T(**{" b ":[" 1","2 "]*200})),
 "csvdup":("r.csv",lambda:text().replace("amount,branch","amount,amount")),
 "csvnoname":("r.csv",lambda:text().replace("amount,",",",1)),
 "csviso":("r.csv",lambda:table().write_csv()),
 "csvisoz":("r.csv",lambda:table().write_csv(datetime_format="%Y-%m-%dT%H:%M:%SZ")),
 "csvtz":("r.csv",lambda:table().write_csv(datetime_format="%Y-%m-%dT%H:%M:%S+01:00")),
 "csvdate":("r.csv",lambda:table().write_csv(datetime_format="%Y-%m-%d")),
 "csvdmy":("r.csv",lambda:table().write_csv(datetime_format="%d.%m.%Y %H:%M")),
 "csvdmyy":("r.csv",lambda:table().write_csv(datetime_format="%d.%m.%y %H:%M")),
 "csvampm":("r.csv",lambda:table().write_csv(datetime_format="%m/%d/%Y %I:%M %p")),
 "csvcompact":("r.csv",lambda:table().write_csv(datetime_format="%Y%m%d")),
 "csvepoch":("r.csv",lambda:table(asked=[1704067200+i*25000 for i in range(400)]).write_csv()),
 "csvepochf":("r.csv",lambda:table(asked=[1704067200.5+i*25000 for i in range(400)]).write_csv()),
 "csvbad":("r.csv",lambda:T(note=["x"]*400).replace(",x\n",",x\n",)[:-200]+'2024,"unclosed'),
 "onlycols3":("r.csv",lambda:csvt(table().select("asked","unpaid","amount"))),
 "2000":("r.csv",lambda:csvt(table(rows=20,days=60,**{f"c{i}":[i]*20 for i in range(2000)}))),
 "100rows":("r.csv",lambda:csvt(table(rows=100,days=100))),"30days":("r.csv",lambda:csvt(table(rows=400,days=30))),
 "3rows":("r.csv",lambda:csvt(table(rows=3,days=30))),
}
import io
def pq(f): b=io.BytesIO(); f.write_parquet(b); return b.getvalue()
@pytest.mark.parametrize("name",FILES)
def test_file(name,adopt,home):
    p,f=FILES[name]; (home/p).parent.mkdir(exist_ok=True,parents=True); (home/p).write_bytes(w(f()))
    finish(name,lambda: adopt(p),home)
@pytest.mark.parametrize("name,args",[("delay60",["--label-delay=60d"]),("delay12h",["--label-delay=12h"]),("delay36h",["--label-delay=36h"]),("delay9999",["--label-delay=9999w"]),("delaybad",["--label-delay=5"]),("delayneg",["--label-delay=-5d"]),("delay0",["--label-delay=0d"]),("key",["--key=amount"]),("keyk",["--key=k"]),("keysame",["--key=unpaid"]),("notime",["--time=x"])])
def test_words(name,args,adopt,home):
    finish(name,lambda: adopt(table(k=[f"a{i}" for i in range(400)]),*args),home)
@pytest.mark.parametrize("path",["nothere.csv","/tmp/adw/m.csv","../x.csv","s3://127.0.0.1/x.parquet","s3://bucket/x.parquet","gs://b/x.csv","ftp://x/y.csv","http://127.0.0.1:9/x.parquet","docs","src",".","","s3://b/x.json","https://127.0.0.1:9/x.csv","az://x/y.parquet"])
def test_path(path,adopt,home,monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL","http://127.0.0.1:9"); monkeypatch.setenv("AWS_ALLOW_HTTP","true"); monkeypatch.setenv("AWS_ACCESS_KEY_ID","a"); monkeypatch.setenv("AWS_SECRET_ACCESS_KEY","a"); monkeypatch.setenv("AWS_REGION","a")
    import time; t=time.time()
    finish("PATH "+path,lambda: adopt(path),home)
    Path("/tmp/adw/probe.txt").open("a").write(f"   {time.time()-t:.1f}s\n")
def finish(name,call,home):
    before=tree(home)
    try: r=call()
    except BaseException as e:
        tb=traceback.extract_tb(e.__traceback__)
        line=f"TRACE {type(e).__name__} {str(e).splitlines()[:1]} @ {[f'{Path(t.filename).name}:{t.lineno}' for t in tb if 'slipway' in t.filename][-2:]}"
    else:
        if r.code: line=f"refused: {r.err.strip()}"
        else:
            try:
                rows=r.read(); lab=r.labels()
                cols={k:(type(c).__name__,c.nullable,getattr(c,'min',None),getattr(c,'max',None)) for k,c in r.columns.items() if k not in("asked","row_id","amount","branch")}
                o=subprocess.run(["git","diff","-U0"],cwd=home,capture_output=True,text=True)
                from slipway.objectives import load
                d=load(home/"objectives.yaml").training
                line=f"ok {d.window_days}+{d.holdout_days} rows={len(rows)} labels={len(lab)}/{lab['label'].sum()} {rows.row(0)} {str(cols)[:300]}"
            except BaseException as e: line=f"AFTER {type(e).__name__} {str(e)[:200]}"
            line+=" | "+"; ".join([l.strip() for l in r.out.splitlines() if 'left out' in l or 'note' in l])[:200]
    if r_changed(home,before,line): line+=" !! CHANGED"
    Path("/tmp/adw/probe.txt").open("a").write(f"{name}: {line}\n")
