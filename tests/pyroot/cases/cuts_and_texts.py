from ROOT import TCut, TString

a, b = TCut("x > 1"), TCut("y < 2")
for cut in (a + b, a * b, a + TCut("z"), a + TCut(""), TCut("") + b, TCut("name", "x == 0") + a):
    print(cut.GetTitle())
c = TCut("x")
c += TCut("y > 0")
c *= TCut("weight")
print(c.GetTitle(), "|", str(TCut("p && q")))
text = TString("Layout=DENSE")
text += "|64"
text.Append("|TANH")
text.ReplaceAll("TANH", "RELU")
text.Prepend("H:")
print(
    text,
    text.Length(),
    text.Contains("DENSE"),
    text.BeginsWith("H"),
    text == "H:Layout=DENSE|64|RELU",
    len(str(text)),
)
