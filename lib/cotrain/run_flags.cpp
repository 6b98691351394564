#include "cotrain/run_flags.h"

#include "base/error.h"

namespace mtlkit {
namespace {

// Training options whose number of epochs the method chooses where it is 0.
class EpochsOfMethod : public Fields {
 public:
  explicit EpochsOfMethod(Fields* fields) : fields_(fields) {}
  void Visit(const FieldInfo& info, FieldPointer field) override {
    FieldInfo own = info;
    if (info.name == "epochs") {
      own.help =
          "passes over the rows in a round; 0: the method's own, 10 or, where "
          "rows are labelled, 300";
      own.range = AtLeast(0);
    }
    fields_->Visit(own, field);
  }

 private:
  Fields* fields_;
};

// Training options that a method in one process may choose itself.
class ChosenByMethod : public Fields {
 public:
  explicit ChosenByMethod(Fields* fields) : fields_(fields) {}
  void Visit(const FieldInfo& info, FieldPointer field) override {
    FieldInfo own = info;
    if (info.name == "select-on") {
      own.help += Str("; ", kByMethod,
                      ": decisions for methods for noisy labels, else loss");
      own.value_name = Str(kByMethod, "|", info.value_name);
    }
    fields_->Visit(own, field);
  }

 private:
  Fields* fields_;
};

}  // namespace

RunFlags::RunFlags(std::string method, bool in_rounds) : in_rounds_(in_rounds) {
  spec.method = std::move(method);
  spec.peers = 2;
  if (in_rounds) {
    spec.train.epochs = 0;
  } else {
    spec.train.select_on = kByMethod;
  }
}

void RunFlags::DescribeRun(Fields& fields) {
  fields.Named("method", spec.method, "NAME",
               "how peers help each other (see --list methods)");
  fields("peers", spec.peers, "networks that are trained", Between(1, 1000));
  peers.Describe(fields);
}

void RunFlags::DescribeTraining(Fields& fields) {
  if (!in_rounds_) {
    ChosenByMethod own(&fields);
    return spec.train.Describe(own);
  }
  EpochsOfMethod own(&fields);
  spec.train.Describe(own);
}

RunSpec RunFlags::Finish(Seed seed, std::string data) const {
  Require(peers.view.empty() || spec.arch.inputs.empty(), ErrorKind::kUsage,
          "--inputs and --view exclude each other",
          "give each peer its inputs with --view");
  RunSpec finished = spec;
  finished.seed = seed;
  finished.data = std::move(data);
  finished.each = peers.Parse(spec.peers);
  return finished;
}

}  // namespace mtlkit
