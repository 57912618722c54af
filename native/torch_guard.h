// How the binding to libtorch reports failure: -1, and a text that rt_error() returns on the same thread.
#pragma once
#include <c10/util/Exception.h>

#include <string>

extern thread_local std::string last_error;

// Runs `work`; any exception becomes -1 and a text.
template <class Work>
int guarded(Work work) noexcept {
    try {
        return work();
    } catch (const c10::Error& error) {
        last_error = error.what_without_backtrace();
    } catch (const std::exception& error) {
        last_error = error.what();
    } catch (...) {
        last_error = "unknown native error";
    }
    return -1;
}
