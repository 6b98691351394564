#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "app/cli.h"
#include "base/error.h"

namespace mtlkit {

struct ToyNetOptions {
  std::vector<Index> layers = {128, 64};
  double dropout = 0;
  std::string activation = "relu";
  bool bias = true;

  void Describe(Fields& field) {
    field("layers", layers, "widths of hidden layers", AtLeast(1));
    field("dropout", dropout, "part of the units left out", BelowFrom(0, 1));
    field("activation", activation, "what follows a layer",
          std::vector<std::string>{"relu", "gelu"});
    field("bias", bias, "whether layers add a constant");
  }
};

// A command line with one thing of each kind.
struct Toy {
  std::string data;
  std::string model;
  std::string names;
  std::string log;
  std::vector<std::string> tasks;
  std::vector<std::string> of;
  std::vector<std::vector<std::string>> renames;
  ToyNetOptions net;
  bool json = false;
  Cli cli{"mtl-toy", "Plays.", "mtl-toy a -o b"};

  Toy() {
    cli.Input("data", &data, "rows");
    cli.Output("model", &model, "the result");
    cli.InputFlag("names", &names, "names of columns");
    cli.OutputFlag("log", &log, "where the log goes", OutputKind::kText);
    cli.Group("Network", &net);
    Fields& field = cli.Section("Tasks");
    field("task", tasks, "a task");
    field.Field({.name = "of",
                 .help = "of a task",
                 .in_settings = false,
                 .splits_commas = false},
                of);
    field.Field({.name = "json", .help = "as JSON", .in_settings = false},
                json);
    cli.Tuples("rename-class", {"COLUMN", "OLD", "NEW"}, &renames,
               "joins two spellings");
    cli.List("colors", "what there is to see", [] { return "red\nblue\n"; });
  }

  // Parses; "" if all is well, else the error, else what is printed.
  std::string Parse(std::vector<std::string> arguments) {
    try {
      return cli.Parse(arguments).value_or("");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::kUsage);
      return error.what();
    }
  }
};

}  // namespace mtlkit
