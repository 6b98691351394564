// Progress for programs.
#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "base/reporter_phase.h"

namespace mtlkit::internal {
namespace {

using Json = nlohmann::json;

constexpr int kSchema = 1;

// One JSON object a line. A number that JSON cannot hold is null.
class JsonReporter : public PhaseReporter {
 public:
  using PhaseReporter::PhaseReporter;

  void Begin(std::string_view phase, Index total) override {
    PhaseReporter::Begin(phase, total);
    fields_ = Json::object();
    commits_ = false;
    written_ = start_;
    Json record = Record("begin");
    record["phase"] = phase_;
    if (total_ >= 0) record["total"] = total_;
    WriteRecord(record);
  }
  void Advance(Index done) override {
    if (done != done_) fields_ = Json::object();
    PhaseReporter::Advance(done);
    if (!commits_ && Now() - written_ >= kLineSeconds) WriteProgress();
  }
  void Show(std::string_view name, double value,
            std::string_view /*text*/) override {
    fields_[std::string(name)] = value;
  }
  void Commit() override {
    commits_ = true;
    WriteProgress();
  }
  void Note(std::string_view text) override {
    if (!settings_.quiet) WriteMessage("note", text);
  }
  void Warn(std::string_view text) override { WriteMessage("warning", text); }

 private:
  Json Record(std::string_view event) const {
    return {
        {"schema", kSchema}, {"program", settings_.program}, {"event", event}};
  }
  void WriteRecord(const Json& record) const { Write(JsonText(record) + "\n"); }
  void WriteMessage(std::string_view event, std::string_view text) const {
    Json record = Record(event);
    record["text"] = text;
    WriteRecord(record);
  }
  void WriteProgress() {
    written_ = Now();
    Json record = Record("progress");
    record["phase"] = phase_;
    record["done"] = done_;
    if (total_ >= 0) record["total"] = total_;
    record["measures"] = Json::object();
    for (const auto& [name, value] : measures_) {
      record["measures"][name] = value;
    }
    if (!fields_.empty()) record["fields"] = fields_;
    if (const double left = SecondsLeft(); left >= 0) {
      record["seconds_left"] = left;
    }
    WriteRecord(record);
  }

  Json fields_ = Json::object();
  bool commits_ = false;
  double written_ = 0;
};

}  // namespace

std::unique_ptr<Reporter> MakeJsonReporter(ReporterSettings settings) {
  return std::make_unique<JsonReporter>(std::move(settings));
}

}  // namespace mtlkit::internal
