#pragma once

#include <string>
#include <vector>

#include "base/options.h"
#include "base/size_budget.h"

namespace mtlkit {

// What `mtl-prep` can be asked for.
struct PrepareOptions {
  std::vector<std::string> task;
  std::vector<std::string> classes;  // TASK=CLASS,...
  std::string task_per;
  std::vector<std::string> target_transform;
  std::vector<std::vector<std::string>> positive;  // {task, class}
  std::vector<std::string> inputs;
  std::vector<std::string> ignore;
  std::string weight;

  std::string rows;
  std::string sample;

  std::vector<std::string> split;
  std::string split_from;
  std::string stratify;
  std::string group;
  Index folds = 0;

  std::string max_size = kUsualBudget;  // of the result

  std::vector<std::string> words;        // COLUMN[:option=value,...]
  std::vector<std::string> bpe;          // COLUMN=SIZE
  std::vector<std::string> hash_ngrams;  // COLUMN=UNIT:ORDERS:BUCKETS
  std::vector<std::string> tfidf;        // the same
  std::vector<std::string> transform;
  std::string scale = "auto";
  std::string margin = "0.1";
  std::string impute = "median";
  std::string indicator = "auto";
  Index pieces = 0;
  std::string encode = "onehot";

  std::vector<std::string> drop_class;
  Index min_class_rows = 0;
  std::vector<std::string> hide_labels;
  std::vector<std::string> keep_labels;

  std::vector<std::string> label_weight;  // TASK=COLUMN
  std::string time;
  std::string check_leaks = "none";

  void DescribeColumns(Fields& fields);
  void DescribeRows(Fields& fields);
  void DescribeTransforms(Fields& fields);
  void DescribeLabels(Fields& fields);

  // No flag: the input blocks whose texts tasks write.
  std::vector<std::string> written;

 private:
  void DescribeSplits(Fields& fields);
  void DescribeTexts(Fields& fields);
};

}  // namespace mtlkit
