# Python 2 with a DataLoader.
import sys
import ROOT
from ROOT import *

TMVA.Tools.Instance()
TMVA.PyMethodBase.PyInitialize()

class Trainer:
	def __init__(self, name):
		self.name = name
		self.variables = {'var1': 'F', 'var2': 'F'}

	def train(self):
		source = TFile(sys.argv[1])
		signal, background = source.Get('signal'), source.Get('background')
		cut = TCut('var1>-4') + TCut('var2>-4')
		n = signal.GetEntries(cut.GetTitle())
		print 'passing', n
		out = TFile(self.name + '.root', 'RECREATE')
		factory = TMVA.Factory(self.name, out, '!V:!Silent:Color:AnalysisType=Classification')
		(TMVA.gConfig().GetIONames()).fWeightFileDir = 'weights_' + self.name
		loader = TMVA.DataLoader('py2')
		for name, kind in sorted(self.variables.items()):
			loader.AddVariable(name, kind)
		loader.AddSpectator('half := number/2', 'F')
		loader.AddSignalTree(signal)
		loader.AddBackgroundTree(background)
		loader.SetWeightExpression('weight')
		loader.PrepareTrainingAndTestTree(cut, 'nTrain_Signal=%i:nTrain_Background=0:SplitMode=Random:!V' % (n/2))
		factory.BookMethod(loader, TMVA.Types.kBDT, 'BDT', ':'.join(['NTrees=10', 'MaxDepth=2', 'nCuts=20', 'NegWeightTreatment=Pray']))
		factory.TrainAllMethods()
		factory.TestAllMethods()
		factory.EvaluateAllMethods()
		graph = factory.GetROCCurve(loader, 'BDT')
		print 'points', graph.GetN() > 10, 'area %.6f' % factory.GetROCIntegral(loader, 'BDT')
		out.Close()

if not gROOT.IsBatch(): print 'a window'
Trainer('py2job').train()
gApplication.Run()
