#include "artifact/pipeline/dtype_name.hpp"
#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/rounding.hpp"

#include <algorithm>
#include <array>
#include <cmath>

// sklearn.preprocessing.FunctionTransformer, of nothing or one of NumPy's functions of one number. Python's own functions are code, and are
// not run here.

namespace assay::pipeline {

namespace {

using Function = double (*)(double);

struct NamedFunction {
    std::string_view name;
    Function function;
    bool of_integers = false;  ///< of an integer it is computed in integers
    bool exact = false;  ///< rounded to the nearest by every library
    bool is_question = false;  ///< it gives booleans
};

constexpr double pi = 3.14159265358979323846;

constexpr auto functions = std::to_array<NamedFunction>({
    {"log", [](double x) { return std::log(x); }},
    {"log1p", [](double x) { return std::log1p(x); }},
    {"log2", [](double x) { return std::log2(x); }},
    {"log10", [](double x) { return std::log10(x); }},
    {"exp", [](double x) { return std::exp(x); }},
    {"exp2", [](double x) { return std::exp2(x); }},
    {"expm1", [](double x) { return std::expm1(x); }},
    {"sqrt", [](double x) { return std::sqrt(x); }, false, true},
    {"cbrt", [](double x) { return std::cbrt(x); }},
    {"sin", [](double x) { return std::sin(x); }},
    {"cos", [](double x) { return std::cos(x); }},
    {"tan", [](double x) { return std::tan(x); }},
    {"arcsin", [](double x) { return std::asin(x); }},
    {"arccos", [](double x) { return std::acos(x); }},
    {"arccosh", [](double x) { return std::acosh(x); }},
    {"arctanh", [](double x) { return std::atanh(x); }},
    {"arctan", [](double x) { return std::atan(x); }},
    {"sinh", [](double x) { return std::sinh(x); }},
    {"cosh", [](double x) { return std::cosh(x); }},
    {"tanh", [](double x) { return std::tanh(x); }},
    {"arcsinh", [](double x) { return std::asinh(x); }},
    {"deg2rad", [](double x) { return x * (pi / 180.0); }},
    {"radians", [](double x) { return x * (pi / 180.0); }},
    {"rad2deg", [](double x) { return x * (180.0 / pi); }},
    {"degrees", [](double x) { return x * (180.0 / pi); }},
    {"floor", [](double x) { return std::floor(x); }, true, true},
    {"ceil", [](double x) { return std::ceil(x); }, true, true},
    {"rint", [](double x) { return std::nearbyint(x); }, false, true},
    {"trunc", [](double x) { return std::trunc(x); }, true, true},
    {"fabs", [](double x) { return std::fabs(x); }, false, true},
    {"abs", [](double x) { return std::fabs(x); }, true, true},
    {"absolute", [](double x) { return std::fabs(x); }, true, true},
    {"negative", [](double x) { return -x; }, true, true},
    {"positive", [](double x) { return x; }, true, true},
    {"sign", [](double x) { return std::isnan(x) ? x
                                   : x > 0       ? 1.0
                                   : x < 0       ? -1.0
                                                 : 0.0; }, true, true},
    {"reciprocal", [](double x) { return 1.0 / x; }, true, true},
    {"isnan", [](double x) { return std::isnan(x) ? 1.0 : 0.0; }, false, true, true},
    {"isinf", [](double x) { return std::isinf(x) ? 1.0 : 0.0; }, false, true, true},
    {"signbit", [](double x) { return std::signbit(x) ? 1.0 : 0.0; }, true, true, true},
    {"logical_not", [](double x) { return x == 0 ? 1.0 : 0.0; }, false, true, true},
    {"conjugate", [](double x) { return x; }, true, true},
    {"isfinite", [](double x) { return std::isfinite(x) ? 1.0 : 0.0; }, false, true, true},
    {"square", [](double x) { return x * x; }, true, true},
});

class FunctionTransformer final : public Step {
public:
    [[nodiscard]] bool is_exact(Method /*method*/) const override { return function == nullptr || function->exact; }
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        if (function == nullptr && !validates && !to_numbers) {
            TRY(check_columns(rows));
            return rows;
        }
        const auto singles = function == nullptr ? Single::allow : Single::refuse;
        if (function != nullptr) TRY(check_types(rows));
        TRY_ASSIGN(const NumberType type, to_numbers || function != nullptr ? Result<NumberType>(NumberType::float64) : kept_type(rows));
        TRY_ASSIGN(Data given, numbers(std::move(rows), validates ? Missing::refuse : Missing::allow_infinite, singles));
        if (function == nullptr) {
            given.type = type;
            return given;
        }
        Matrix& all = std::get<Matrix>(given.values);
        for (Eigen::Index i = 0; i < all.size(); ++i) {
            const double value = function->function(all.data()[i]);
            all.data()[i] = function->exact ? value : rounded_worst(value, std::abs(value), 4, static_cast<std::size_t>(i));
        }
        if (function->is_question) given.type = NumberType::boolean;
        return given;
    }

    [[nodiscard]] bool inverts() const override { return has_inverse; }
    [[nodiscard]] Result<Data> inverse_transform(Data rows) const override {
        TRY_ASSIGN(Data given, numbers(std::move(rows), validates ? Missing::refuse : Missing::allow_infinite));
        Matrix& all = std::get<Matrix>(given.values);
        for (Eigen::Index i = 0; inverse != nullptr && i < all.size(); ++i) {
            const double value = inverse->function(all.data()[i]);
            all.data()[i] = inverse->exact ? value : rounded_worst(value, std::abs(value), 4, static_cast<std::size_t>(i));
        }
        return given;
    }

    const NamedFunction* inverse = nullptr;  ///< null: the identity, or none that is re-created
    bool has_inverse = false;
    const NamedFunction* function = nullptr;  ///< null: the identity
    bool validates = false;
    bool to_numbers = false;

private:
    /// Of integers and booleans NumPy computes in their own type, with its overflow, or in a float of as few bits; of a table, each column
    /// in its own type; of objects, by their own methods.
    [[nodiscard]] Result<void> check_types(const Data& rows) const {
        const auto check = [&](NumberType type) -> Result<void> {
            if (type == NumberType::float64 || (type == NumberType::integer && !function->of_integers)) return {};
            return not_replayable("NumPy computes its function in integers, or in few bits, on this input: give float64");
        };
        if (rows.is_matrix()) return check(rows.type);
        for (const Column& column : std::get<std::vector<Column>>(rows.values)) {
            if (column.objects) return not_replayable("its function would be asked of Python objects: give numbers");
            if (column.extension) return not_replayable("pandas computes its function on a type of its own: give float64");
            TRY(check(column.type));
        }
        return {};
    }
};

/// `numpy.log1p` under the names that releases of NumPy pickle it by.
const NamedFunction* find_function(const std::string& name) {
    constexpr auto modules = std::to_array<std::string_view>({"numpy", "numpy.core._multiarray_umath", "numpy._core._multiarray_umath",
                                                              "numpy.core.umath", "numpy.core.multiarray", "numpy._core.umath"});
    const std::size_t dot = name.rfind('.');
    if (dot == std::string::npos || std::ranges::find(modules, std::string_view(name).substr(0, dot)) == modules.end()) return nullptr;
    const auto* const found = std::ranges::find(functions, std::string_view(name).substr(dot + 1), &NamedFunction::name);
    return found == functions.end() ? nullptr : found;
}

/// `functools.partial(check_array, dtype=[float64], force_all_finite=False)`: what histogram boosting puts before its trees.
bool is_check_array(const Fitted& value) {
    if (value.class_name() != "functools.partial") return false;
    const FittedObject object = value.object();
    if (!object.partial) return false;
    const Fitted function = value.at(object.partial->function);
    const Fitted arguments = value.at(object.partial->arguments);
    const Fitted keywords = value.at(object.partial->keywords);
    if (!function.is(FittedKind::name) || function.name() != "sklearn.utils.validation.check_array") return false;
    if (!arguments.is(FittedKind::tuple) || !arguments.items().empty() || !keywords.is(FittedKind::dict)) return false;
    for (const auto& [key, argument] : keywords.entries()) {
        const auto name = key.as_text();
        if (name == "force_all_finite" || name == "ensure_all_finite") {
            if (!argument.is(FittedKind::boolean) || argument.boolean()) return false;
        } else if (name == "dtype") {
            if (!argument.is(FittedKind::list) || argument.items().size() != 1 || dtype_name(argument.items().front()) != "float64")
                return false;
        } else {
            return false;
        }
    }
    return true;
}

/// The inverse, where it is one that is re-created; else it does not matter, as long as nobody asks for it.
void read_inverse(StateReader& state, FunctionTransformer& made) {
    const FittedObject object = state.fitted().object();
    const auto value = object.state ? state.fitted().at(*object.state).find("inverse_func") : std::nullopt;
    const auto* const found = value && value->is(FittedKind::name) ? find_function(value->name()) : nullptr;
    if (!value || (!value->is_none() && (found == nullptr || found->is_question))) return state.known("inverse_func inv_kw_args");
    (void)state.find("inverse_func");
    made.inverse = found;
    const auto arguments = state.find("inv_kw_args");
    made.has_inverse = !arguments || arguments->is_none() || (arguments->is(FittedKind::dict) && arguments->entries().empty());
}

Result<std::unique_ptr<Step>> function_transformer(StateReader& state) {
    auto made = std::make_unique<FunctionTransformer>();
    const auto function = state.require("func");
    if (function && is_check_array(*function)) {
        made->to_numbers = true;
    } else if (function && !function->is_none()) {
        made->function = function->is(FittedKind::name) ? find_function(function->name()) : nullptr;
        if (made->function == nullptr) {
            state.problem("attribute func is " + function->describe() + ": Python code, or a function that is not re-created here");
        }
    }
    if (const auto arguments = state.find("kw_args"); arguments && !arguments->is_none()) {
        if (!arguments->is(FittedKind::dict) || !arguments->entries().empty()) state.problem_of("kw_args", "is set");
    }
    read_inverse(state, *made);
    // None meant True with a warning in 0.20 and 0.21.
    const auto validate = state.find("validate");
    made->validates = validate && validate->is(FittedKind::boolean) ? validate->boolean() : state.writer().before(0, 22);
    if (const auto passes = state.find("pass_y"); passes && passes->is(FittedKind::boolean) && passes->boolean())
        state.problem_of("pass_y", "is set");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> function_transformer_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.preprocessing._function_transformer.FunctionTransformer", function_transformer,
         "_validate accept_sparse check_inverse feature_names_out"},
    });
    return classes;
}

}  // namespace assay::pipeline
