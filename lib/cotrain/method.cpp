#include "cotrain/method.h"

#include "base/error.h"
#include "base/registry.h"
#include "train/protocol.h"

namespace mtlkit {

#define MTLKIT_REGISTRY RoundMethodEntries
#define MTLKIT_REGISTRY_ENTRY RoundMethodEntry
#define MTLKIT_REGISTRY_LIST "cotrain/methods.def"
#include "base/registry_list.inc"

const RoundMethodEntry& FindRoundMethod(std::string_view method) {
  const std::string name = ParseChoice(method, "--method").name;
  for (const ProtocolEntry* protocol : ProtocolEntries()) {
    if (protocol->name == name) {
      Fail(ErrorKind::kUsage,
           Str("'", name, "' couples its peers at every batch, not in rounds"),
           Str("train them in one process with mtl-cotrain local --method ",
               name));
    }
  }
  return FindEntry(RoundMethodEntries(), "method", name);
}

std::unique_ptr<RoundMethod> MakeRoundMethod(const RunSpec& spec) {
  return FindRoundMethod(spec.method)
      .make(ParseChoice(spec.method, "--method"), "--method");
}

const RoundMethodEntry& MethodOfRun(const RunFolder& folder,
                                    const RunSpec& spec) {
  try {
    return FindRoundMethod(spec.method);
  } catch (const Error& error) {
    Fail(ErrorKind::kBadInput, Str(folder.SpecPath(), ": ", error.message()),
         error.hint());
  }
}

}  // namespace mtlkit
