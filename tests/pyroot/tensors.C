// RReader with single events, a tensor and a data frame.
#include "TMVA/RReader.hxx"

using namespace TMVA::Experimental;

void tensors(std::string weights, std::string file)
{
   RReader model(weights);
   auto names = model.GetVariableNames();
   ROOT::RDataFrame frame("events", file);
   auto x = AsTensor<float>(frame, names);
   auto y = model.Compute(x);
   std::cout << "names " << names[0] << names[1] << ", shape " << x.GetShape()[0] << " " << x.GetShape()[1] << " "
             << y.GetShape().size() << std::endl;
   std::cout << std::setprecision(9) << "tensor";
   for (auto one : y)
      std::cout << " " << one;
   std::cout << "\nevents";
   for (std::size_t i = 0; i < x.GetShape()[0]; ++i)
      std::cout << " " << model.Compute({x(i, 0), x(i, 1)})[0];
   auto defined = frame.Define("y", Compute<2, float>(model), names).Define("first", "y[0]").Take<float>("first");
   std::cout << "\nframe";
   for (auto one : *defined)
      std::cout << " " << one;
   std::cout << std::endl;
}
