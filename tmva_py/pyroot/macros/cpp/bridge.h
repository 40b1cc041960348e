// Calls from a macro's C++ into Python: texts, numbers and addresses go there, and one of them comes back.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "TClass.h"
#include "TCut.h"
#include "TNamed.h"
#include "TObject.h"
#include "TString.h"

namespace TMVA {
namespace Bridge {

// The members, and the numbers of the kinds, are those of values.py.
struct Value {
   enum Kind { kNothing, kInteger, kNumber, kText, kObject, kPointer, kDoubles, kTexts, kFloats };
   int kind = kNothing;
   long long integer = 0;       // a whole number; an object's handle; how many numbers or texts
   double number = 0;
   const char *text = nullptr;  // a text; the class of an object or of what a pointer points to
   const void *address = nullptr;
};

struct Functions {
   int (*call)(long long, const char *, const Value *, int, Value *) = nullptr;
   void (*release)(long long) = nullptr;
   int failed = 0; // whether a function that evaluates has raised an exception
};

inline Functions &functions()
{
   static Functions one;
   return one;
}

// What a call gave, with memory of its own.
class Answer {
public:
   explicit Answer(const Value &value) : fValue(value)
   {
      if (value.text)
         fText = value.text;
      if (value.kind == Value::kDoubles)
         fDoubles.assign(static_cast<const double *>(value.address),
                         static_cast<const double *>(value.address) + value.integer);
      if (value.kind == Value::kTexts)
         for (long long i = 0; i < value.integer; ++i)
            fTexts.emplace_back(static_cast<const char *const *>(value.address)[i]);
   }
   bool IsNothing() const { return fValue.kind == Value::kNothing; }
   long long Integer() const { return fValue.kind == Value::kInteger ? fValue.integer : (long long)Number(); }
   // Of a text what it begins with.
   double Number() const
   {
      if (fValue.kind == Value::kText)
         return std::strtod(fText.c_str(), nullptr);
      return fValue.kind == Value::kNumber ? fValue.number : double(fValue.integer);
   }
   TString Text() const { return fText.c_str(); }
   long long Handle() const { return fValue.kind == Value::kObject ? fValue.integer : 0; }
   template <class T> T *Pointer() const { return static_cast<T *>(const_cast<void *>(fValue.address)); }
   template <class T = double> std::vector<T> Numbers() const { return {fDoubles.begin(), fDoubles.end()}; }
   template <class T = TString> std::vector<T> Texts() const { return {fTexts.begin(), fTexts.end()}; }
   template <class T> T As() const
   {
      if constexpr (std::is_arithmetic_v<T>)
         return std::is_integral_v<T> ? T(Integer()) : T(Number());
      else
         return T(fText.c_str());
   }

private:
   Value fValue;
   std::string fText;
   std::vector<double> fDoubles;
   std::vector<std::string> fTexts;
};

inline Answer call(long long object, const char *name, const Value *values, int n)
{
   std::cout.flush();
   std::fflush(stdout);
   if (!functions().call)
      throw std::runtime_error("TMVA is not connected with Python");
   Value result;
   if (functions().call(object, name, values, n, &result))
      throw std::runtime_error(result.text ? result.text : "an error in Python");
   return Answer(result);
}

inline void check_evaluation()
{
   if (functions().failed)
      call(0, "raise_failure", nullptr, 0);
}

// An object of Python; copies are the same one.
class Object {
public:
   Object() = default;
   explicit Object(long long handle) : fHandle(handle ? new long long(handle) : nullptr, Release) {}
   virtual ~Object() = default;
   long long Handle() const { return fHandle ? *fHandle : 0; }
   template <class... A> Answer Call(const char *name, const A &...arguments) const;
   virtual const char *GetName() const
   {
      fName = Call("GetName").Text();
      return fName;
   }

private:
   static void Release(long long *handle)
   {
      if (handle && functions().release)
         functions().release(*handle);
      delete handle;
   }
   std::shared_ptr<long long> fHandle;
   mutable TString fName;
};

// An argument: a value, and the memory that it points to.
class Argument : public Value {
public:
   Argument(bool given) { Set(kInteger), integer = given; }
   Argument(double given) { Set(kNumber), number = given; }
   Argument(float given) : Argument(double(given)) {}
   Argument(char given) : fOwn(1, given) { Set(kText), text = fOwn.c_str(); }
   template <class T, std::enable_if_t<std::is_integral_v<T> || std::is_enum_v<T>, int> = 0> Argument(T given)
   {
      Set(kInteger), integer = (long long)given;
   }
   Argument(const char *given) { given ? (Set(kText), text = given) : nullptr; }
   Argument(const std::string &given) : Argument(given.c_str()) {}
   Argument(const TString &given) : Argument(given.Data()) {}
   Argument(std::string_view given) : fOwn(given) { Set(kText), text = fOwn.c_str(); }
   Argument(const TSubString &given) : Argument(std::string_view(given.Data(), given.Length())) {}
   Argument(const TCut &given) : Argument(given.GetTitle()) {}
   Argument(std::nullptr_t) {}
   Argument(const TObject *given)
   {
      if (!given)
         return;
      Set(kPointer), text = given->IsA()->GetName(), address = dynamic_cast<const void *>(given);
   }
   Argument(const Object *given)
   {
      if (given)
         Set(kObject), integer = given->Handle();
   }
   Argument(const Object &given) : Argument(&given) {}
   Argument(const std::vector<double> &given) : fDoubles(given) { SetDoubles(); }
   Argument(const std::vector<float> &given) : fDoubles(given.begin(), given.end()) { SetDoubles(); }
   Argument(const std::vector<int> &given) : fDoubles(given.begin(), given.end()) { SetDoubles(); }
   Argument(const std::vector<bool> &given) : fDoubles(given.begin(), given.end()) { SetDoubles(); }
   Argument(const std::vector<std::string> &given)
   {
      for (const auto &one : given)
         fTexts.push_back(one.c_str());
      SetTexts();
   }
   Argument(const std::vector<TString> &given)
   {
      for (const auto &one : given)
         fTexts.push_back(one.Data());
      SetTexts();
   }
   Argument(const float *given, long long size) { Set(kFloats), address = given, integer = size; }

private:
   void Set(Kind one) { kind = one; }
   void SetDoubles() { Set(kDoubles), address = fDoubles.data(), integer = fDoubles.size(); }
   void SetTexts() { Set(kTexts), address = fTexts.data(), integer = fTexts.size(); }
   std::string fOwn;
   std::vector<double> fDoubles;
   std::vector<const char *> fTexts;
};

template <class... A> Answer call_with(long long object, const char *name, const A &...arguments)
{
   const std::unique_ptr<Argument> owned[] = {std::make_unique<Argument>(arguments)..., nullptr};
   Value values[sizeof...(A) + 1];
   for (std::size_t i = 0; i < sizeof...(A); ++i)
      values[i] = *owned[i];
   return call(object, name, values, sizeof...(A));
}

template <class... A> Answer Object::Call(const char *name, const A &...arguments) const
{
   return call_with(Handle(), name, arguments...);
}

// A function of the namespace, or a constructor.
template <class... A> Answer make(const char *name, const A &...arguments)
{
   return call_with(0, name, arguments...);
}

// The objects of a list that a function gives.
template <class T> std::vector<T> list_of(const Object &owner, const char *name)
{
   std::vector<T> items;
   const auto size = owner.Call("number_of", name).Integer();
   for (long long i = 0; i < size; ++i)
      items.emplace_back(owner.Call("item_of", name, i).Handle());
   return items;
}

// A public member that lives in Python.
template <class T> class Setting {
public:
   Setting(const Object &owner, const char *name) : fOwner(owner), fName(name) {}
   Setting &operator=(const T &value)
   {
      fOwner.Call(("=" + std::string(fName)).c_str(), value);
      return *this;
   }
   template <class U> Setting &operator+=(const U &more) { return *this = T(*this) + more; }
   operator T() const { return fOwner.Call(fName).template As<T>(); }
   template <class U = T> std::enable_if_t<std::is_class_v<U>, const char *> Data() const
   {
      fValue = T(*this);
      return fValue.Data();
   }

private:
   const Object &fOwner;
   const char *fName;
   mutable T fValue{};
};

} // namespace Bridge
} // namespace TMVA
