#include "app/flag_hint.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include "base/error.h"
#include "base/options.h"

namespace mtlkit {
namespace {

// A flag of ours, and what other programs call it.
struct Synonyms {
  std::string_view here;
  std::string_view elsewhere;  // words
};

// Where a word stands twice, the first that the tool has is meant.
constexpr Synonyms kSynonyms[] = {
    // Files.
    {"output",
     "o out output-file output-path outfile out-file output-dir "
     "save save-to save-path save-model model-out dest destination"},
    {"to", "o out output output-file output-path outfile out-file save-to"},
    {"data", "input dataset data-path data-file data-dir train-data"},
    {"from",
     "pretrained init-from from-model load load-model initial-weights "
     "warm-start init-model checkpoint-path finetune fine-tune"},
    {"checkpoint",
     "ckpt checkpoint-dir checkpoint-path checkpoint-file save-dir"},
    {"checkpoint-every",
     "save-every save-freq save-interval save-steps checkpoint-interval "
     "checkpoint-freq"},
    // Columns, labels and rows.
    {"task",
     "target targets target-col target-cols target-column target-columns "
     "label labels label-col label-column label-columns y y-col y-column "
     "output-column output-columns outcome response dependent tasks"},
    {"ignore",
     "drop drop-col drop-cols drop-column drop-columns exclude "
     "exclude-columns skip-columns remove"},
    {"inputs",
     "features feature-columns feature-cols input-columns x x-cols usecols "
     "use-columns columns"},
    {"weight",
     "sample-weight sample-weights weight-col weight-column weights-col "
     "row-weight"},
    {"positive", "pos-label positive-class positive-label"},
    {"split",
     "test-size test-split train-size test-ratio test-fraction val-size "
     "val-split val-ratio val-fraction valid-size valid-fraction "
     "validation-split validation-size validation-fraction train-ratio "
     "n-splits splits holdout"},
    {"valid-split", "val-split validation-split valid val validation eval-set"},
    {"valid", "val validation validation-data calibration"},
    {"folds", "cv kfold k-fold kfolds n-folds num-folds n-splits k"},
    {"stratify", "stratified stratify-by"},
    {"group", "groups group-by group-col group-column group-id"},
    {"rows", "filter where query subset"},
    {"sample", "subsample frac n-samples num-samples"},
    // Text.
    {"delimiter", "sep separator delim field-separator"},
    {"decimal", "decimal-point decimal-separator"},
    {"thousands", "thousands-separator"},
    {"missing",
     "na-values na-value na nan null null-values nulls missing-values "
     "missing-value na-string na-strings"},
    {"header", "headers has-header header-row"},
    {"names", "column-names col-names colnames"},
    {"skip", "skip-rows skiprows skip-lines"},
    {"encoding", "charset"},
    {"type", "dtype dtypes types column-types schema"},
    {"rename-class", "rename rename-label"},
    // Preparation.
    {"scale",
     "standardize standardise normalize normalise scaler scaling "
     "normalization standardization"},
    {"impute", "imputer impute-strategy fill-na fillna imputation"},
    {"encode", "one-hot onehot encoder categorical categorical-encoding"},
    {"target-transform", "log-target transform-target"},
    // Networks.
    {"arch", "architecture model model-type model-name net network backbone"},
    {"layers",
     "hidden hidden-layers hidden-layer-sizes hidden-size hidden-sizes "
     "hidden-dim hidden-dims hidden-units units width num-hidden n-hidden "
     "layer-sizes num-layers n-layers depth"},
    {"activation", "act activation-fn activation-function nonlinearity"},
    {"dropout", "dropout-rate drop-rate dropout-prob drop p-dropout"},
    {"norm", "normalization batch-norm batchnorm bn layer-norm layernorm"},
    {"embedding", "embedding-dim embedding-size embed-dim emb-dim"},
    // Training.
    {"rate",
     "lr learning-rate learning-rate-init eta eta0 step-size alpha base-lr "
     "init-lr initial-lr max-lr server-lr"},
    {"batch",
     "batch-size batchsize bs minibatch mini-batch mini-batch-size "
     "train-batch-size"},
    {"epochs",
     "epoch num-epochs n-epochs nepochs max-epochs num-epoch n-epoch "
     "train-epochs local-epochs iter iters iterations n-iter max-iter "
     "num-iter num-iterations steps max-steps num-steps"},
    {"decay", "weight-decay wd l2 l2-reg reg regularization lambda"},
    {"optimizer", "optim optimiser opt solver"},
    {"schedule", "scheduler lr-schedule lr-scheduler warmup warmup-steps"},
    {"patience",
     "early-stopping early-stop early-stopping-patience early-stopping-rounds "
     "n-iter-no-change"},
    {"clip-norm",
     "clip clip-grad clip-grad-norm grad-clip gradient-clip "
     "gradient-clipping max-norm max-grad-norm clipnorm"},
    {"clip-value", "clipvalue clip-grad-value"},
    {"loss", "criterion loss-fn loss-function loss-type objective"},
    {"weighting",
     "loss-weighting mtl-method balancing loss-balancing strategy mtl"},
    {"task-weight", "task-weights loss-weight loss-weights"},
    {"sampler", "shuffle no-shuffle sampling"},
    {"average", "ema swa"},
    {"freeze", "freeze-layers frozen"},
    {"ensemble", "ensemble-size n-models num-models n-estimators"},
    {"tune", "hpo search grid-search optuna n-trials trials"},
    {"select-on", "monitor early-stopping-metric metric-for-best-model metric"},
    // Peers.
    {"peers",
     "num-peers n-peers clients n-clients num-clients "
     "nodes"},
    {"rounds", "num-rounds n-rounds communication-rounds comm-rounds"},
    {"method", "algorithm algo strategy aggregator"},
    {"fraction", "fraction-fit client-fraction participation"},
    // Evaluation.
    {"metrics", "metric score scores scoring measure measures"},
    {"against", "baseline reference compare compare-to versus"},
    {"draws",
     "bootstrap n-bootstrap num-bootstrap bootstraps n-boot n-draws "
     "num-draws resamples n-resamples"},
    {"level", "confidence ci confidence-level alpha"},
    {"importance",
     "feature-importance feature-importances permutation-importance"},
    {"threshold", "cutoff thresholds"},
    // All.
    {"seed", "random-state random-seed rng rng-seed rseed seed-value s"},
    {"threads",
     "cpu cpus cores n-cpus num-cpus n-cores num-cores workers n-workers "
     "num-workers n-jobs num-jobs jobs j nproc nthreads n-threads "
     "num-threads nthread processes"},
    {"quiet", "silent no-verbose"},
    {"verbose", "debug log-level loglevel verbosity"},
    {"progress", "progress-bar no-progress tqdm"},
};

// Where a flag is that this tool has not.
struct Place {
  std::string_view flags;  // words
  std::string_view text;
};

constexpr Place kPlaces[] = {
    {"task", "mtl-prep --task names what is to be predicted"},
    {"split", "mtl-prep --split holds rows out"},
    {"folds", "mtl-prep --folds makes folds"},
    {"scale", "mtl-prep --scale scales inputs"},
    {"impute", "mtl-prep --impute fills gaps"},
    {"encode", "mtl-prep --encode says how categories become numbers"},
    {"stratify group weight positive ignore",
     "columns get their meaning from mtl-prep"},
    {"missing", "mtl-convert --missing says what stands for no value"},
    {"delimiter", "mtl-convert --delimiter says what stands between cells"},
    {"decimal thousands header names skip encoding type rename-class",
     "mtl-convert says how a table is read"},
    {"metrics", "mtl-eval --metrics measures"},
    {"against", "mtl-eval --against compares models"},
    {"draws level", "mtl-eval gives intervals"},
    {"importance", "mtl-eval --importance says what each input is worth"},
    {"peers rounds fraction", "mtl-cotrain init begins a run of peers"},
    {"rate batch epochs decay optimizer schedule patience clip-norm "
     "clip-value loss weighting task-weight sampler average freeze arch "
     "layers activation dropout norm embedding",
     "mtl-train, mtl-cotrain init and mtl-cotrain local have flags of "
     "training"},
    {"ensemble tune", "mtl-train --ensemble and --tune train several times"},
};

// What is there without a flag, or not at all.
constexpr Place kNoFlag[] = {
    {"device gpu gpus cuda use-cuda no-cuda mps",
     "everything runs on CPUs; --threads says on how many"},
    {"force overwrite yes", "outputs that are there are replaced"},
    {"momentum beta beta1 betas nesterov eps",
     "options of an optimiser stand behind its name: --optimizer sgd:..."},
    {"tensorboard wandb mlflow logdir log-dir",
     "--progress json is for programs, mtl-inspect --log for what was"},
};

bool Contains(std::span<const std::string> known, std::string_view flag) {
  return std::find(known.begin(), known.end(), flag) != known.end();
}

bool HasWord(std::string_view words, std::string_view word) {
  for (std::size_t at = 0; at <= words.size();) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    if (words.substr(at, end - at) == word) return true;
    at = end + 1;
  }
  return false;
}

std::string_view PlaceOf(std::span<const Place> places, std::string_view flag) {
  for (const Place& place : places) {
    if (HasWord(place.flags, flag)) return place.text;
  }
  return "";
}

// "--Batch_Size" as "batch-size".
std::string PlainName(std::string_view flag) {
  std::string name(
      flag.substr(std::min(flag.find_first_not_of('-'), flag.size())));
  for (char& c : name) {
    c = c == '_'
            ? '-'
            : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return name;
}

}  // namespace

std::string FlagHint(std::string_view flag,
                     std::span<const std::string> known) {
  const std::string name = PlainName(flag);
  const bool resumes = HasWord(
      "resume continue restart resume-from resume-training restore", name);
  if (resumes && Contains(known, "--checkpoint-every")) {
    return "give the same command again: it goes on where it was";
  }
  const std::string plain = "--" + name;
  if (plain != flag && Contains(known, plain)) {
    return Str("did you mean ", plain, "?");
  }
  std::string_view elsewhere = PlaceOf(kPlaces, name);
  for (const Synonyms& synonyms : kSynonyms) {
    if (!HasWord(synonyms.elsewhere, name)) continue;
    const std::string here = Str("--", synonyms.here);
    if (Contains(known, here)) return Str("did you mean ", here, "?");
    if (elsewhere.empty()) elsewhere = PlaceOf(kPlaces, synonyms.here);
  }
  if (elsewhere.empty()) elsewhere = PlaceOf(kNoFlag, name);
  if (!elsewhere.empty()) return std::string(elsewhere);
  const std::string nearest =
      Nearest(flag, std::vector<std::string>(known.begin(), known.end()));
  return nearest.empty() ? "" : Str("did you mean ", nearest, "?");
}

}  // namespace mtlkit
