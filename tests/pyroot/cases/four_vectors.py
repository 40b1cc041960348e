import math

import ROOT

a, b = ROOT.TLorentzVector(), ROOT.TLorentzVector(1.0, 2.0, 3.0, 9.0)
a.SetPtEtaPhiM(35.0, 1.2, -2.9, 4.7)
b.SetPtEtaPhiE(-51.0, -0.4, 2.8, 80.0)
for v in (a, b, a + b, a - b, -a, a * 2.0, 0.5 * b):
    print("%.9f %.9f %.9f %.9f" % (v.Px(), v.Py(), v.Pz(), v.E()))
    print("%.9f %.9f %.9f %.9f %.9f" % (v.Pt(), v.Eta(), v.Phi(), v.M(), v.P()))
    print("%.9f %.9f %.9f %.9f" % (v.Mt(), v.Et(), v.Theta(), v.CosTheta()))
print("%.9f %.9f %.9f %.9f" % (a.DeltaR(b), a.DeltaPhi(b), b.DeltaPhi(a), a.Angle(b.Vect())))
print("%.9f %.9f %.9f %.9f" % (a * b, a.Dot(b), a.Rapidity(), a.DeltaR(b, True)))
print("%.9f %.9f %.9f %.9f" % (a.Beta(), a.Gamma(), a.Plus(), a.Minus()))
print("%.9f %.9f %.9f %.9f" % (a[0], a(1), a[2], a[3]), a == a, a == b)
boosted = ROOT.TLorentzVector(a)
boosted.Boost(-(a + b).BoostVector())
other = ROOT.TLorentzVector(b)
other.Boost(0.1, -0.2, 0.3)
for v in (boosted, other):
    v.RotateX(0.3)
    v.RotateY(-1.1)
    v.RotateZ(2.2)
    print("%.9f %.9f %.9f %.9f %.9f" % (v.X(), v.Y(), v.Z(), v.T(), v.M()))
c = ROOT.TLorentzVector()
c.SetXYZM(1, 2, 3, -0.5)
print("%.9f %.9f" % (c.E(), c.M()))
c += a
c.SetPerp(7.0)
c.SetPz(2.5)
c.SetE(1.0)
print("%.9f %.9f %.9f %.9f" % (c.Px(), c.Pt(), c.M(), c.Mt()))
p, q = ROOT.TVector3(1.0, -2.0, 0.5), ROOT.TVector3()
q.SetPtEtaPhi(3.0, -0.7, 1.9)
for v in (p + q, p - q, p.Cross(q), q.Unit(), p * 3.0, -p):
    print("%.9f %.9f %.9f %.9f" % (v.X(), v.Y(), v.Z(), v.Mag()))
print("%.9f %.9f %.9f %.9f" % (p.Dot(q), p * q, p.Angle(q), p.DeltaR(q)))
print("%.9f %.9f %.9f %.9f" % (p.Eta(), p.Phi(), p.Theta(), p.Perp()))
q.SetMagThetaPhi(2.0, 0.4, -0.9)
print("%.9f %.9f %.9f" % (q.X(), q.Y(), q.Z()))
m = ROOT.Math.PtEtaPhiMVector(35.0, 1.2, -2.9, 4.7)
n = ROOT.Math.PtEtaPhiEVector(51.0, -0.4, 2.8, 80.0)
o = ROOT.Math.PxPyPzMVector(1.0, 2.0, 3.0, 0.5)
r = ROOT.Math.PxPyPzEVector(1.0, 2.0, 3.0, 6.0)
for v in (m, n, o, r, m + n, m + o, r + m):
    print("%.6f %.6f %.6f %.6f" % (v.Pt(), v.Eta(), v.Phi(), v.M()))
    print("%.6f %.6f %.6f %.6f" % (v.pt(), v.mass(), v.E(), v.px()))
util = ROOT.Math.VectorUtil
print("%.6f %.6f %.6f" % (util.DeltaR(m, n), util.DeltaPhi(m, n), util.InvariantMass(m, n)))
