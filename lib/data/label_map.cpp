#include "data/label_map.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "data/class_finder.h"
#include "data/head.h"

namespace mtlkit {
namespace {

constexpr float kUnlabelled = std::numeric_limits<float>::quiet_NaN();

// What is common to both whatever the labels are.
Labels WithoutValues(const Labels& labels, const Task& to) {
  Labels result;
  result.values = LabelCells(to.traits().storage);
  result.rows = labels.rows;
  result.on_all_rows = labels.on_all_rows;
  result.weights = labels.weights;
  return result;
}

[[noreturn]] void FailOtherType(const Task& from, const Task& to) {
  Fail(ErrorKind::kBadInput,
       Str("task '", to.name, "' is ", TaskTypeName(to.type),
           " in the model, but ", TaskTypeName(from.type), " in the data",
           from.width == to.width ? "" : ", or has other columns",
           !to.type.traits().is_map ? "" : ", or has other classes or pixels"),
       "prepare the data with tasks of the same types");
}

// What stands for a class that preparation left out of `to`.
constexpr Index kDropped = -2;

// The number of each class of `from` in `to`; -1 is unknown.
std::vector<Index> NumbersOf(const std::vector<std::string>& from,
                             const Task& to) {
  const ClassFinder finder(to.classes);
  const ClassFinder dropped(to.source.dropped);
  std::vector<Index> numbers;
  for (const std::string& name : from) {
    Index& number = numbers.emplace_back(finder.Find(name));
    if (number < 0 && dropped.Find(name) >= 0) number = kDropped;
  }
  return numbers;
}

// Classes in order must be in the same order.
void RequireSameOrder(const Task& from, const Task& to,
                      const std::vector<Index>& numbers) {
  if (!from.type.traits().is_ordered || !to.type.traits().is_ordered) return;
  std::vector<Index> known;
  std::ranges::copy_if(numbers, std::back_inserter(known),
                       [](Index number) { return number >= 0; });
  Require(std::ranges::is_sorted(known), ErrorKind::kBadInput,
          Str("task '", to.name, "' has its classes in another order: ",
              Join(from.classes, ", "), " instead of ", Join(to.classes, ", ")),
          "prepare the data with the same --classes");
}

// One class a row, of either kind of names.
class ClassMapper {
 public:
  ClassMapper(const Labels& labels, const Task& to)
      : labels_(labels), to_(to), result_(WithoutValues(labels, to)) {}

  // From classes.
  Labels FromClasses(const Task& from) {
    const std::vector<Index> numbers = NumbersOf(from.classes, to_);
    RequireSameOrder(from, to_, numbers);
    return Run([&](float value) { return numbers[Code(value)]; },
               [&](float value) { return from.classes[Code(value)]; });
  }

  // From numbers.
  Labels FromNumbers() {
    std::map<float, Index> numbers;
    const auto find = [&](float value) {
      const auto [at, is_new] = numbers.emplace(value, -1);
      if (is_new) at->second = NumbersOf({FormatNumber(value)}, to_).front();
      return at->second;
    };
    return Run(find, [](float value) { return FormatNumber(value); });
  }

 private:
  static std::size_t Code(float value) {
    return static_cast<std::size_t>(value);
  }

  template <class Find, class Name>
  Labels Run(Find find, Name name) {
    UnknownLabelList unknown;
    std::vector<std::int32_t> places;
    const Index count = static_cast<Index>(labels_.values.size());
    result_.values.reserve(labels_.values.size());
    for (Index place = 0; place < count; ++place) {
      const float value = labels_.values[At(place)];
      const Index number = std::isnan(value) ? -1 : find(value);
      result_.values.push_back(number < 0 ? kUnlabelled
                                          : static_cast<float>(number));
      if (number >= 0 || number == kDropped || std::isnan(value)) continue;
      SetUnknown(place, count, unknown.Add(name(value)), &places);
    }
    result_.unknown = unknown.Take();
    result_.unknown.places = std::move(places);
    return std::move(result_);
  }

  const Labels& labels_;
  const Task& to_;
  Labels result_;
};

// Classes whose names are numbers as these.
Labels NumbersOfClasses(const Task& from, const Labels& labels,
                        const Task& to) {
  Labels result = WithoutValues(labels, to);
  std::vector<double> numbers;
  UnknownLabelList unknown;
  for (const std::string& name : from.classes) {
    double number = 0;
    numbers.push_back(
        ParseNumber(name, &number) ? number : static_cast<double>(kUnlabelled));
  }
  const bool no_number = std::ranges::all_of(
      numbers, [](double number) { return std::isnan(number); });
  if (no_number) FailOtherType(from, to);
  for (const float value : labels.values) {
    const auto number = static_cast<std::size_t>(std::isnan(value) ? 0 : value);
    result.values.push_back(
        std::isnan(value) ? kUnlabelled : static_cast<float>(numbers[number]));
    if (std::isnan(value) || !std::isnan(numbers[number])) continue;
    unknown.Add(from.classes[number]);
  }
  result.unknown = unknown.Take();
  return result;
}

// One place of it. Of a cell that lists labels, none of which is known, nothing
// is known, as where the cell itself is read.
void MapLabelSet(const Task& from, const Labels& labels,
                 const std::vector<Index>& columns, std::size_t place,
                 LabelCells* values, UnknownLabelList* unknown) {
  const std::size_t places = labels.values.size() / columns.size();
  const std::size_t wanted = values->size() / places;
  bool any_unknown = false;
  bool any_set = false;
  bool any_known = false;
  for (std::size_t col = 0; col < columns.size(); ++col) {
    const float value = labels.values[place * columns.size() + col];
    if (columns[col] >= 0) {
      (*values)[place * wanted + At(columns[col])] = value;
      any_known = any_known || !std::isnan(value);
      any_set = any_set || value > 0;
    } else if (columns[col] != kDropped && value > 0) {
      const std::string& name = from.classes[col];
      if (any_unknown) {
        unknown->AddToCell(name);
      } else {
        unknown->Add(name);
      }
      any_unknown = true;
    }
  }
  if (!any_unknown) return;
  if (any_set || (any_known && from.source.separator.empty())) {
    return unknown->MarkPartly();
  }
  for (std::size_t col = 0; col < wanted; ++col) {
    (*values)[place * wanted + col] = kUnlabelled;
  }
}

// Columns of set labels in the order of `to`.
Labels MapLabelSets(const Task& from, const Labels& labels, const Task& to) {
  const std::vector<Index> columns = NumbersOf(from.classes, to);
  Labels result = WithoutValues(labels, to);
  UnknownLabelList unknown;
  const std::size_t width = columns.size();
  const std::size_t wanted = to.classes.size();
  const std::size_t places = labels.values.size() / width;
  result.values.assign(places * wanted, kUnlabelled);
  for (std::size_t place = 0; place < places; ++place) {
    MapLabelSet(from, labels, columns, place, &result.values, &unknown);
  }
  result.unknown = unknown.Take();
  return result;
}

bool IsLabelSet(const Task& task) {
  return task.is_classification() && !task.type.traits().one_class &&
         !task.type.traits().is_map;
}

}  // namespace

bool HaveSameLabels(const Task& a, const Task& b) {
  return a.type == b.type && a.classes == b.classes && a.width == b.width &&
         a.map_height == b.map_height && a.map_width == b.map_width;
}

Labels MapLabels(const Task& from, const Labels& labels, const Task& to) {
  if (HaveSameLabels(from, to)) return labels;
  const bool from_one = from.type.traits().one_class;
  const bool to_one = to.type.traits().one_class;
  const bool from_numbers = !from.is_classification();
  const bool to_numbers = !to.is_classification();
  Labels result;
  if (to_one && from_one) {
    result = ClassMapper(labels, to).FromClasses(from);
  } else if (to_one && from_numbers && from.width == 1) {
    result = ClassMapper(labels, to).FromNumbers();
  } else if (to_numbers && from_one && to.width == 1) {
    result = NumbersOfClasses(from, labels, to);
  } else if (IsLabelSet(from) && IsLabelSet(to)) {
    result = MapLabelSets(from, labels, to);
  } else {
    FailOtherType(from, to);
  }
  RequireKnownLabels(to, result);
  return result;
}

}  // namespace mtlkit
