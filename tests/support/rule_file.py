"""A weight file with a rule and two linear terms."""

from __future__ import annotations

NUMBERS = 'Support="0.5" Sigma="0.5" Norm="2" SSB="0.1" SSBNeve="50"'
RULES = f"""<?xml version="1.0"?>
<MethodSetup Method="RuleFit::mine">
  <GeneralInfo><Info name="AnalysisType" value="Classification"/></GeneralInfo>
  <Options/>
  <Variables NVar="2">
    <Variable VarIndex="0" Expression="x" Label="x" Title="x" Unit="" Internal="x" Type="F" Min="-1" Max="1"/>
    <Variable VarIndex="1" Expression="y" Label="y" Title="y" Unit="" Internal="y" Type="F" Min="-1" Max="1"/>
  </Variables>
  <Spectators NSpec="0"/>
  <Classes NClass="2"><Class Name="Signal" Index="0"/><Class Name="Background" Index="1"/></Classes>
  <Transformations NTransformations="0"/>
  <MVAPdfs/>
  <Weights NRules="1" NLinear="2" LearningModel="0" ImportanceCut="0.01" LinQuantile="0.025"
    AverageSupport="0.5" AverageRuleSigma="0.5" Offset="0.25">
    <Rule Importance="1" Ref="1" Coeff="2" {NUMBERS} Nvars="2">
      <Cut Selector="0" Min="0" Max="0.5" DoMin="T" DoMax="T"/>
      <Cut Selector="1" Min="9" Max="0" DoMin="F" DoMax="T"/>
    </Rule>
    <Linear OK="1" Coeff="3" Norm="0.5" DM="-1" DP="1" Importance="-nan"/>
    <Linear OK="0" Coeff="7" Norm="1" DM="0" DP="0" Importance="0"/>
  </Weights>
</MethodSetup>
"""
