#include "TMVA/Reader.h"
#include "TMVA/Tools.h"

void application()
{
   TMVA::Reader reader("!Color:Silent");
   Float_t sum, x;
   Int_t y;
   reader.AddVariable("sum := x+y", &sum);
   reader.AddVariable("x", &x);
   reader.AddSpectator("y", &y);
   reader.BookMVA("Fisher method", "data/mine/job_Fisher.weights.xml");
   reader.BookMVA(TString("LD"), TString("data/mine/job_LD.weights.xml"));
   auto file = TFile::Open("answers.root", "RECREATE");
   auto tree = new TTree("answers", "answers");
   Float_t fisher, ld, again, proba;
   for (auto branch : {std::make_pair("sum", &sum), {"x", &x}, {"fisher", &fisher}, {"ld", &ld}, {"again", &again},
                       {"proba", &proba}})
      tree->Branch(branch.first, branch.second);
   for (int i = 0; i < 200; ++i) {
      sum = 0.03 * i - 3, x = 2 - 0.01 * i, y = i;
      fisher = reader.EvaluateMVA("Fisher method");
      ld = reader.EvaluateMVA("LD");
      again = reader.EvaluateMVA(std::vector<Float_t>{sum, x}, "Fisher method");
      proba = reader.GetProba("Fisher method");
      tree->Fill();
   }
   file->Write();
   std::cout << reader.FindMVA("LD")->GetMethodTypeName() << " " << (reader.FindMVA("none") == nullptr) << std::endl;
}
