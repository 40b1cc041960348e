// TMVA::Experimental: RReader, and the part of RTensor and AsTensor that goes with it.
#pragma once

#include <numeric>
#include <ostream>
#include <utility>

#include "ROOT/RDFHelpers.hxx"
#include "ROOT/RDataFrame.hxx"

#include "reader.h"

namespace TMVA {
namespace Experimental {

// Numbers in rows, the last index running fastest.
template <class T> class RTensor {
public:
   using Shape_t = std::vector<std::size_t>;
   explicit RTensor(const Shape_t &shape) : fShape(shape), fData(Size(shape)) {}
   RTensor(const std::vector<T> &data, const Shape_t &shape) : fShape(shape), fData(data)
   {
      if (data.size() != Size(shape))
         throw std::runtime_error("RTensor: the shape does not fit the number of values");
   }
   const Shape_t &GetShape() const { return fShape; }
   std::size_t GetSize() const { return fData.size(); }
   T *GetData() { return fData.data(); }
   const T *GetData() const { return fData.data(); }
   typename std::vector<T>::iterator begin() { return fData.begin(); }
   typename std::vector<T>::iterator end() { return fData.end(); }
   template <class... I> T &operator()(I... indices) { return fData.at(Place({std::size_t(indices)...})); }
   template <class... I> const T &operator()(I... indices) const { return fData.at(Place({std::size_t(indices)...})); }
   RTensor<T> Reshape(const Shape_t &shape) const { return {fData, shape}; }
   // From the first index of each dimension up to before the last; dimensions of one value are left out.
   RTensor<T> Slice(const std::vector<Shape_t> &ranges) const
   {
      Shape_t sizes, shape, indices;
      for (const auto &range : ranges) {
         sizes.push_back(range.at(1) - range.at(0));
         if (sizes.back() != 1)
            shape.push_back(sizes.back());
      }
      RTensor<T> slice(shape.empty() ? Shape_t{1} : shape);
      for (std::size_t i = 0; i < slice.fData.size(); ++i) {
         indices.resize(sizes.size());
         std::size_t rest = i;
         for (std::size_t one = sizes.size(); one-- > 0; rest /= sizes[one])
            indices[one] = ranges[one][0] + rest % sizes[one];
         slice.fData[i] = fData.at(Place(indices));
      }
      return slice;
   }

private:
   static std::size_t Size(const Shape_t &shape)
   {
      return std::accumulate(shape.begin(), shape.end(), std::size_t(1), std::multiplies<std::size_t>());
   }
   std::size_t Place(const Shape_t &indices) const
   {
      std::size_t place = 0;
      for (std::size_t i = 0; i < indices.size(); ++i)
         place = place * fShape.at(i) + indices[i];
      return place;
   }
   Shape_t fShape;
   std::vector<T> fData;
};

template <class T> std::ostream &operator<<(std::ostream &out, const RTensor<T> &tensor)
{
   const auto &shape = tensor.GetShape();
   const std::size_t columns = shape.empty() || shape.back() == 0 ? 1 : shape.back();
   out << (shape.size() > 1 ? "{ " : "");
   for (std::size_t i = 0; i < tensor.GetSize(); ++i) {
      out << (i % columns == 0 ? (i ? ", { " : "{ ") : ", ") << tensor.GetData()[i];
      if (i % columns == columns - 1)
         out << " }";
   }
   return out << (shape.size() > 1 ? " }" : "");
}

template <class T> RTensor<T> AsTensor(ROOT::RDF::RNode frame, std::vector<std::string> columns = {})
{
   if (columns.empty())
      columns = frame.GetColumnNames();
   std::vector<ROOT::RDF::RResultPtr<std::vector<T>>> values;
   for (const auto &name : columns)
      values.push_back(frame.Take<T>(name));
   const std::size_t rows = columns.empty() ? 0 : values[0]->size();
   RTensor<T> tensor({rows, columns.size()});
   for (std::size_t column = 0; column < columns.size(); ++column)
      for (std::size_t row = 0; row < rows; ++row)
         tensor(row, column) = (*values[column])[row];
   return tensor;
}

class RReader : public Bridge::Object {
public:
   explicit RReader(const std::string &path) : RReader(Bridge::make("RReader", path).Handle()) {}
   explicit RReader(long long handle)
      : Object(handle), fNames(Call("GetVariableNames").Texts<std::string>()),
        fRespond(reinterpret_cast<void (*)(const float *, float *)>(Call("responder").Pointer<void>())),
        fNumber(Call("n_responses", "").Integer())
   {
   }
   std::vector<std::string> GetVariableNames() const { return fNames; }
   std::vector<float> Compute(const std::vector<float> &event)
   {
      if (event.size() != fNames.size())
         throw std::runtime_error("RReader: expected " + std::to_string(fNames.size()) + " values, got " +
                                  std::to_string(event.size()));
      std::vector<float> responses(fNumber);
      fRespond(event.data(), responses.data());
      Bridge::check_evaluation();
      return responses;
   }
   RTensor<float> Compute(const RTensor<float> &events)
   {
      const auto &shape = events.GetShape();
      if (shape.size() != 2 || shape[1] != fNames.size())
         throw std::runtime_error("RReader: expected a tensor (events, " + std::to_string(fNames.size()) + ")");
      const std::vector<float> values(events.GetData(), events.GetData() + events.GetSize());
      return {Call("compute", values, shape[0]).Numbers<float>(),
              fNumber == 1 ? std::vector<std::size_t>{shape[0]} : std::vector<std::size_t>{shape[0], fNumber}};
   }

private:
   std::vector<std::string> fNames;
   void (*fRespond)(const float *, float *); // threads may call it at the same time
   std::size_t fNumber;
};

namespace Internal {
template <class I, class T, class F> class ComputeHelper;
// F points to the model.
template <std::size_t... N, class T, class F> class ComputeHelper<std::index_sequence<N...>, T, F> {
   template <std::size_t> using Always = T;

public:
   explicit ComputeHelper(F model) : fModel(model) {}
   std::vector<T> operator()(Always<N>... values) { return fModel->Compute({values...}); }

private:
   F fModel;
};
} // namespace Internal

// A function of N values for RDataFrame's Define.
template <std::size_t N, class T, class F> auto Compute(F &model)
{
   return Internal::ComputeHelper<std::make_index_sequence<N>, T, F *>(&model);
}

} // namespace Experimental
} // namespace TMVA

// What Python calls: its own TMVA is this package.
namespace TMVAForPython {
template <std::size_t N, class T, class F>
using Function = TMVA::Experimental::Internal::ComputeHelper<std::make_index_sequence<N>, T, F>;

template <std::size_t N, class T> Function<N, T, std::shared_ptr<TMVA::Experimental::RReader>> compute_with(long long handle)
{
   return Function<N, T, std::shared_ptr<TMVA::Experimental::RReader>>(
      std::make_shared<TMVA::Experimental::RReader>(handle));
}

template <std::size_t N, class T, class F> Function<N, T, F *> compute(F &model)
{
   return Function<N, T, F *>(&model);
}

inline unsigned run_graphs(std::vector<ROOT::RDF::RResultHandle> handles)
{
   return ROOT::RDF::RunGraphs(std::move(handles));
}
} // namespace TMVAForPython
