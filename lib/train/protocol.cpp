#include "train/protocol.h"

#include "base/error.h"
#include "base/registry.h"

namespace mtlkit {

#define MTLKIT_REGISTRY ProtocolEntries
#define MTLKIT_REGISTRY_ENTRY ProtocolEntry
#define MTLKIT_REGISTRY_LIST "train/protocols.def"
#include "base/registry_list.inc"

std::unique_ptr<Protocol> MakeProtocol(const Choice& choice, Index peers,
                                       const std::string& where) {
  const ProtocolEntry& entry = *InContext(where, [&] {
    return &FindEntry(ProtocolEntries(), "protocol", choice.name);
  });
  Require(peers >= entry.least_peers, ErrorKind::kUsage,
          Str(where, ": ", entry.name, " needs at least ", entry.least_peers,
              " peers, not ", peers));
  Require(entry.most_peers == 0 || peers <= entry.most_peers, ErrorKind::kUsage,
          Str(where, ": ", entry.name, " is for ", entry.most_peers,
              " peers, not ", peers));
  return entry.make(choice, where);
}

void Protocol::Prepare(Index, std::span<const Task>, Index) {}
void Protocol::Select(const PeerView&, std::span<const std::span<Real>>) {}
void Protocol::Teach(const PeerView&, std::span<Lesson>) {}
void Protocol::Exchange(const Moment&, std::span<const PeerParams>) {}
void Protocol::Begin(std::span<const PeerParams>) {}
std::vector<ProtocolState> Protocol::State() {
  return {};
}

}  // namespace mtlkit
