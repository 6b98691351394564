#include "app/task_graph.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "base/text.h"

namespace mtlkit {
namespace {

bool IsNumber(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

// What layers of one chain have in common: "trunk" of "trunk.0" and of
// "trunk.0.norm".
std::string ChainName(const std::string& layer) {
  std::vector<std::string> parts = Split(layer, '.');
  const std::size_t size = parts.size();
  const bool is_part =
      size > 2 && !IsNumber(parts[size - 1]) && IsNumber(parts[size - 2]);
  if (is_part) parts.pop_back();
  if (parts.size() < 2 || !IsNumber(parts.back())) return layer;
  parts.pop_back();
  return Join(parts, ".");
}

class GraphMaker {
 public:
  explicit GraphMaker(const Model& model)
      : model_(model), network_(*model.network) {}

  std::vector<GraphPart> Make() {
    part_of_.assign(network_.values().size(), -1);
    for (Index i = 0; i < network_.input_count(); ++i) AddInput(i);
    for (const Node& node : network_.nodes()) AddNode(node);
    for (Index task = 0; task < network_.task_count(); ++task) AddTask(task);
    return std::move(parts_);
  }

 private:
  void AddInput(Index i) {
    const InputSpec& input = model_.schema.inputs[At(i)];
    part_of_[At(i)] = Add({GraphPart::Kind::kInput,
                           input.name,
                           Counted(input.cols, "column", "columns"),
                           {}});
  }

  void AddNode(const Node& node) {
    std::set<Index> reads;
    for (const Value value : node.inputs) reads.insert(part_of_[At(value.id)]);
    const std::string detail =
        Str(node.layer->kind(), " ", network_.info(node.output).cols);
    const Index before = *reads.begin();
    const bool goes_on = reads.size() == 1 &&
                         parts_[At(before)].kind == GraphPart::Kind::kLayers &&
                         IsAlone(node, before);
    if (goes_on) {
      parts_[At(before)].name = ChainName(node.name);
      parts_[At(before)].detail += ", " + detail;
      part_of_[At(node.output.id)] = before;
      return;
    }
    part_of_[At(node.output.id)] = Add({GraphPart::Kind::kLayers,
                                        ChainName(node.name),
                                        detail,
                                        {reads.begin(), reads.end()}});
  }

  // Whether nobody but this layer reads what the part so far puts out, and
  // both are of one chain.
  bool IsAlone(const Node& node, Index part) const {
    if (chains_[At(part)] != ChainName(node.name)) return false;
    for (const Value value : node.inputs) {
      const ValueInfo& info = network_.info(value);
      for (const Index reader : info.readers) {
        const Node& other = network_.node(reader);
        if (ChainName(other.name) != ChainName(node.name)) return false;
      }
    }
    return true;
  }

  void AddTask(Index number) {
    const Task& task = model_.schema.tasks[At(number)];
    const Value value = network_.output(number).value;
    Add({GraphPart::Kind::kTask,
         task.name,
         std::string(TaskTypeName(task.type)),
         {part_of_[At(value.id)]}});
  }

  Index Add(GraphPart part) {
    for (const Index before : part.reads) {
      part.depth = std::max(part.depth, parts_[At(before)].depth + 1);
    }
    chains_.push_back(ChainName(part.name));
    parts_.push_back(std::move(part));
    return std::ssize(parts_) - 1;
  }

  const Model& model_;
  const Network& network_;
  std::vector<GraphPart> parts_;
  std::vector<std::string> chains_;  // of each part
  std::vector<Index> part_of_;       // of each value
};

// Makes one part of those of `members`, the first of which stays.
void Unite(const std::vector<Index>& members, std::vector<GraphPart>* parts) {
  GraphPart& first = (*parts)[At(members.front())];
  first.alike = std::ssize(members);
  first.name += Str(" ... ", (*parts)[At(members.back())].name);
  std::vector<Index> place(parts->size());
  std::set<Index> gone(members.begin() + 1, members.end());
  std::vector<GraphPart> left;
  for (std::size_t i = 0; i < parts->size(); ++i) {
    if (gone.count(static_cast<Index>(i)) > 0) continue;
    place[i] = std::ssize(left);
    left.push_back(std::move((*parts)[i]));
  }
  for (const Index i : gone) place[At(i)] = place[At(members.front())];
  for (GraphPart& part : left) {
    std::set<Index> reads;
    for (const Index before : part.reads) reads.insert(place[At(before)]);
    part.reads.assign(reads.begin(), reads.end());
  }
  *parts = std::move(left);
}

// The first group of more than `few` parts that are alike, among those that
// nobody reads or that lead to the same parts.
std::vector<Index> FindAlike(const std::vector<GraphPart>& parts,
                             std::size_t few) {
  std::vector<std::vector<Index>> readers(parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    for (const Index before : parts[i].reads) {
      readers[At(before)].push_back(static_cast<Index>(i));
    }
  }
  std::map<std::string, std::vector<Index>> groups;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const GraphPart& part = parts[i];
    if (part.alike > 1) continue;
    // A part that one other reads is like its neighbour if their readers are.
    std::string shape = Str(static_cast<int>(part.kind), "|", part.detail, "|");
    for (const Index before : part.reads) shape += Str(before, ",");
    shape += "|";
    for (const Index reader : readers[i]) {
      const GraphPart& next = parts[At(reader)];
      const bool is_own = next.reads.size() == 1;
      shape += is_own ? Str(static_cast<int>(next.kind), next.detail, ";")
                      : Str(reader, ";");
    }
    groups[shape].push_back(static_cast<Index>(i));
  }
  std::vector<Index> found;
  for (const auto& [shape, members] : groups) {
    const bool is_first = found.empty() || members.front() < found.front();
    if (members.size() > few && is_first) found = members;
  }
  return found;
}

constexpr double kRowHeight = 40;
constexpr double kBoxHeight = 30;
constexpr double kMostWidth = 150;
constexpr double kGap = 46;

// Which place each part has in its column, so that lines cross little: each
// stands at the mean height of what it reads.
std::vector<double> HeightsOf(const std::vector<GraphPart>& parts) {
  std::map<Index, std::vector<Index>> columns;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    columns[parts[i].depth].push_back(static_cast<Index>(i));
  }
  std::vector<double> heights(parts.size());
  for (auto& [depth, members] : columns) {
    const auto wish = [&](Index i) {
      const std::vector<Index>& reads = parts[At(i)].reads;
      double sum = 0;
      for (const Index before : reads) sum += heights[At(before)];
      return reads.empty() ? 0 : sum / static_cast<double>(reads.size());
    };
    std::ranges::stable_sort(members, {}, wish);
    const double middle = static_cast<double>(members.size() - 1) / 2;
    for (std::size_t place = 0; place < members.size(); ++place) {
      heights[At(members[place])] = static_cast<double>(place) - middle;
    }
  }
  return heights;
}

std::string TitleOf(const GraphPart& part) {
  return part.alike > 1 ? Str(part.alike, ": ", part.name) : part.name;
}

void AddText(const std::vector<GraphPart>& parts, Index i,
             const std::string& indent, std::set<Index>* done,
             std::string* text) {
  if (!done->insert(i).second) return;
  const GraphPart& part = parts[At(i)];
  const bool is_task = part.kind == GraphPart::Kind::kTask;
  *text += Str(indent, is_task ? "-> " : "", VisibleText(TitleOf(part)), "  (",
               part.detail, ")");
  if (part.reads.size() > 1) {
    std::vector<std::string> names;
    for (const Index before : part.reads) {
      names.push_back(parts[At(before)].name);
    }
    *text += Str("  <- ", Join(names, ", "));
  }
  *text += "\n";
  for (Index next = i + 1; next < std::ssize(parts); ++next) {
    const std::vector<Index>& reads = parts[At(next)].reads;
    // Below the last that it reads, so that all of them stand above.
    if (!reads.empty() && reads.back() == i) {
      AddText(parts, next, indent + "  ", done, text);
    }
  }
}

}  // namespace

std::vector<GraphPart> GraphPartsOf(const Model& model, std::size_t few) {
  std::vector<GraphPart> parts = GraphMaker(model).Make();
  for (auto alike = FindAlike(parts, few); !alike.empty();
       alike = FindAlike(parts, few)) {
    Unite(alike, &parts);
  }
  return parts;
}

std::string GraphText(const std::vector<GraphPart>& parts) {
  std::string text;
  std::set<Index> done;
  for (Index i = 0; i < std::ssize(parts); ++i) {
    if (parts[At(i)].reads.empty()) AddText(parts, i, "", &done, &text);
  }
  return text;
}

double GraphHeight(const std::vector<GraphPart>& parts) {
  std::map<Index, double> counts;
  double most = 1;
  for (const GraphPart& part : parts) {
    most = std::max(most, counts[part.depth] += 1);
  }
  return 34 + most * kRowHeight;
}

void DrawGraph(const std::vector<GraphPart>& parts, const SvgBox& box,
               Svg* svg) {
  svg->Text({box.x, box.y + 13}, "What reads what",
            {.size = 13, .fill = "#111", .bold = true});
  Index depth = 0;
  for (const GraphPart& part : parts) depth = std::max(depth, part.depth);
  const double columns = static_cast<double>(depth + 1);
  const double pitch = std::min(kMostWidth + kGap, box.width / columns);
  const double width = std::max(pitch - kGap, pitch * 0.7);
  const double middle = box.y + 34 + (GraphHeight(parts) - 34) / 2;
  const std::vector<double> heights = HeightsOf(parts);
  const auto left_of = [&](std::size_t i) {
    return SvgPoint{box.x + static_cast<double>(parts[i].depth) * pitch,
                    middle + heights[i] * kRowHeight};
  };
  for (std::size_t i = 0; i < parts.size(); ++i) {
    for (const Index before : parts[i].reads) {
      const SvgPoint from = left_of(At(before));
      svg->Curve({from.x + width, from.y}, left_of(i),
                 {.stroke = "#b5b5b5", .width = 1.2});
    }
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const GraphPart& part = parts[i];
    const SvgPoint at = left_of(i);
    const bool is_task = part.kind == GraphPart::Kind::kTask;
    const bool is_input = part.kind == GraphPart::Kind::kInput;
    svg->Rect({at.x, at.y - kBoxHeight / 2, width, kBoxHeight},
              is_task    ? "#fdebd8"
              : is_input ? "#eeeeee"
                         : "#e3eef8",
              is_task    ? "#d55e00"
              : is_input ? "#999"
                         : "#0072b2",
              is_task ? 12 : 4);
    svg->TextWithin({at.x + 7, at.y - 2}, TitleOf(part), width - 12,
                    {.size = 10.5, .fill = "#111"});
    svg->TextWithin({at.x + 7, at.y + 10}, part.detail, width - 12,
                    {.size = 9, .fill = "#555"});
  }
}

}  // namespace mtlkit
