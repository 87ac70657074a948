#include "tests/simulation/crash_simulation/sim_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <map>
#include <new>
#include <vector>

namespace assay::simulation {

namespace {

/// What the connections to one database share.
struct Shared {
    int readers = 0;               ///< connections with a SHARED lock or more
    const void* writer = nullptr;  ///< the connection with RESERVED or more
    bool exclusive = false;        ///< PENDING or EXCLUSIVE: no new readers
    std::vector<std::unique_ptr<std::byte[]>> regions;
    std::array<int, SQLITE_SHM_NLOCK> shm_locks{};  ///< number of shared holders, or -1
    int mappings = 0;
};

struct VfsFile {
    sqlite3_file base;
    SimFs* fs;
    std::shared_ptr<Shared>* shared;  ///< absent for journals and WALs
    std::string* path;
    InodeId inode;
    int lock;
    unsigned shm_shared;     ///< masks of the shared-memory locks held
    unsigned shm_exclusive;
    bool mapped;
    bool directory_sync_due;
};

VfsFile& self(sqlite3_file* file) { return *reinterpret_cast<VfsFile*>(file); }

}  // namespace

struct SimVfs::State {
    std::string name;
    sqlite3_vfs vfs{};
    SimFs* fs = nullptr;
    std::map<std::string, std::shared_ptr<Shared>> shared;
    std::uint64_t random = 1;
};

namespace {

SimVfs::State& state_of(sqlite3_vfs* vfs) { return *static_cast<SimVfs::State*>(vfs->pAppData); }

std::string directory_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

int close_file(sqlite3_file* file);

int read(sqlite3_file* file, void* buffer, int count, sqlite3_int64 offset) {
    const std::string& content = self(file).fs->content(self(file).inode);
    const auto start = std::min(static_cast<std::size_t>(offset), content.size());
    const std::size_t available = std::min(static_cast<std::size_t>(count), content.size() - start);
    std::memcpy(buffer, content.data() + start, available);
    if (available == static_cast<std::size_t>(count)) return SQLITE_OK;
    std::memset(static_cast<char*>(buffer) + available, 0, static_cast<std::size_t>(count) - available);
    return SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* file, const void* buffer, int count, sqlite3_int64 offset) {
    self(file).fs->write(self(file).inode, static_cast<std::uint64_t>(offset),
                         std::string(static_cast<const char*>(buffer), static_cast<std::size_t>(count)));
    return SQLITE_OK;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
    self(file).fs->truncate(self(file).inode, static_cast<std::uint64_t>(size));
    return SQLITE_OK;
}

int sync(sqlite3_file* file, int /*flags*/) {
    VfsFile& open = self(file);
    if (!open.fs->sync(open.inode)) return SQLITE_IOERR_FSYNC;
    if (open.directory_sync_due) {
        if (!open.fs->sync_directory(directory_of(*open.path))) return SQLITE_IOERR_DIR_FSYNC;
        open.directory_sync_due = false;
    }
    return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
    *size = static_cast<sqlite3_int64>(self(file).fs->content(self(file).inode).size());
    return SQLITE_OK;
}

int lock(sqlite3_file* file, int level) {
    VfsFile& open = self(file);
    if (open.shared == nullptr || open.lock >= level) return SQLITE_OK;
    Shared& shared = **open.shared;
    if (open.lock == SQLITE_LOCK_NONE) {
        if (shared.exclusive) return SQLITE_BUSY;
        ++shared.readers;
        open.lock = SQLITE_LOCK_SHARED;
    }
    if (level >= SQLITE_LOCK_RESERVED) {
        if (shared.writer != nullptr && shared.writer != file) return SQLITE_BUSY;
        shared.writer = file;
        open.lock = SQLITE_LOCK_RESERVED;
    }
    if (level == SQLITE_LOCK_EXCLUSIVE) {
        shared.exclusive = true;
        open.lock = SQLITE_LOCK_PENDING;
        if (shared.readers > 1) return SQLITE_BUSY;
        open.lock = SQLITE_LOCK_EXCLUSIVE;
    }
    return SQLITE_OK;
}

int unlock(sqlite3_file* file, int level) {
    VfsFile& open = self(file);
    if (open.shared == nullptr || open.lock <= level) return SQLITE_OK;
    Shared& shared = **open.shared;
    if (shared.writer == file) {
        shared.writer = nullptr;
        shared.exclusive = false;
    }
    if (level == SQLITE_LOCK_NONE) --shared.readers;
    open.lock = level;
    return SQLITE_OK;
}

int check_reserved_lock(sqlite3_file* file, int* result) {
    *result = self(file).shared != nullptr && (*self(file).shared)->writer != nullptr ? 1 : 0;
    return SQLITE_OK;
}

int file_control(sqlite3_file* /*file*/, int /*operation*/, void* /*argument*/) { return SQLITE_NOTFOUND; }

int sector_size(sqlite3_file* /*file*/) { return 4096; }

int device_characteristics(sqlite3_file* /*file*/) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int shm_map(sqlite3_file* file, int region, int bytes, int extend, void volatile** address) {
    VfsFile& open = self(file);
    Shared& shared = **open.shared;
    if (!open.mapped) {
        open.mapped = true;
        ++shared.mappings;
    }
    const auto wanted = static_cast<std::size_t>(region);
    *address = nullptr;
    if (shared.regions.size() <= wanted) {
        if (extend == 0) return SQLITE_OK;
        while (shared.regions.size() <= wanted) shared.regions.push_back(std::make_unique<std::byte[]>(static_cast<std::size_t>(bytes)));
    }
    *address = shared.regions[wanted].get();
    return SQLITE_OK;
}

int shm_lock(sqlite3_file* file, int first, int count, int flags) {
    VfsFile& open = self(file);
    Shared& shared = **open.shared;
    for (int slot = first; slot < first + count && (flags & SQLITE_SHM_LOCK) != 0; ++slot) {
        const int holders = shared.shm_locks[static_cast<std::size_t>(slot)];
        const unsigned bit = 1U << static_cast<unsigned>(slot);
        if ((flags & SQLITE_SHM_EXCLUSIVE) != 0) {
            if (holders != 0 && !((open.shm_exclusive & bit) != 0)) return SQLITE_BUSY;
        } else if (holders < 0) {
            return SQLITE_BUSY;
        }
    }
    for (int slot = first; slot < first + count; ++slot) {
        int& holders = shared.shm_locks[static_cast<std::size_t>(slot)];
        const unsigned bit = 1U << static_cast<unsigned>(slot);
        if ((flags & SQLITE_SHM_LOCK) != 0 && (flags & SQLITE_SHM_EXCLUSIVE) != 0) {
            holders = -1;
            open.shm_exclusive |= bit;
        } else if ((flags & SQLITE_SHM_LOCK) != 0) {
            if ((open.shm_shared & bit) == 0) ++holders;
            open.shm_shared |= bit;
        } else if ((open.shm_exclusive & bit) != 0) {
            holders = 0;
            open.shm_exclusive &= ~bit;
        } else if ((open.shm_shared & bit) != 0) {
            --holders;
            open.shm_shared &= ~bit;
        }
    }
    return SQLITE_OK;
}

void shm_barrier(sqlite3_file* /*file*/) { std::atomic_thread_fence(std::memory_order_seq_cst); }

int shm_unmap(sqlite3_file* file, int remove) {
    VfsFile& open = self(file);
    if (!open.mapped) return SQLITE_OK;
    open.mapped = false;
    Shared& shared = **open.shared;
    if (--shared.mappings == 0 && remove != 0) shared.regions.clear();
    return SQLITE_OK;
}

const sqlite3_io_methods methods{2,
                                 close_file,
                                 read,
                                 write,
                                 truncate,
                                 sync,
                                 file_size,
                                 lock,
                                 unlock,
                                 check_reserved_lock,
                                 file_control,
                                 sector_size,
                                 device_characteristics,
                                 shm_map,
                                 shm_lock,
                                 shm_barrier,
                                 shm_unmap,
                                 nullptr,
                                 nullptr};

int close_file(sqlite3_file* file) {
    VfsFile& open = self(file);
    unlock(file, SQLITE_LOCK_NONE);
    delete open.shared;
    delete open.path;
    return SQLITE_OK;
}

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
    SimVfs::State& state = state_of(vfs);
    VfsFile& open = self(file);
    open = {};
    const bool is_journal = (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL)) != 0;
    const std::string name = path == nullptr ? "" : path;
    const auto found = path == nullptr ? std::nullopt : state.fs->find(name);
    if (!found && path != nullptr && (flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
    if (found)
        open.inode = *found;
    else
        open.inode = path == nullptr ? state.fs->create_without_name() : state.fs->create(name);
    // As unixOpen does (isNewJrnl): a journal or WAL that may be created has its directory synced with its first sync, whether
    // or not the name was there. SQLite counts on it: nothing else makes the removal of a rollback journal durable before the
    // first commit to a WAL (synchronous = FULL does not sync the directory after the removal), and a journal that comes back
    // after a power cut takes the database back to before it was one with a WAL.
    open.directory_sync_due = is_journal && (flags & SQLITE_OPEN_CREATE) != 0;
    open.fs = state.fs;
    open.path = new std::string(name);
    if ((flags & SQLITE_OPEN_MAIN_DB) != 0) {
        auto& shared = state.shared[name];
        if (!shared) shared = std::make_shared<Shared>();
        open.shared = new std::shared_ptr<Shared>(shared);
    }
    open.base.pMethods = &methods;
    if (out_flags != nullptr) *out_flags = flags;
    return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* path, int sync_directory) {
    SimFs& fs = *state_of(vfs).fs;
    if (!fs.find(path)) return SQLITE_IOERR_DELETE_NOENT;
    if (!fs.remove(path)) return SQLITE_IOERR_DELETE;
    if (sync_directory != 0 && !fs.sync_directory(directory_of(path))) return SQLITE_IOERR_DIR_FSYNC;
    return SQLITE_OK;
}

int access(sqlite3_vfs* vfs, const char* path, int flags, int* result) {
    const SimFs& fs = *state_of(vfs).fs;
    const auto found = fs.find(path);
    // As unix does: an empty file does not exist.
    *result = found && (flags != SQLITE_ACCESS_EXISTS || !fs.content(*found).empty()) ? 1 : 0;
    return SQLITE_OK;
}

int full_path_name(sqlite3_vfs* /*vfs*/, const char* path, int size, char* out) {
    sqlite3_snprintf(size, out, "%s", path);
    return SQLITE_OK;
}

int randomness(sqlite3_vfs* vfs, int count, char* out) {
    SimVfs::State& state = state_of(vfs);
    for (int i = 0; i < count; ++i) {
        state.random = state.random * 6364136223846793005U + 1442695040888963407U;
        out[i] = static_cast<char>(state.random >> 56U);
    }
    return count;
}

int sleep_not(sqlite3_vfs* /*vfs*/, int microseconds) { return microseconds; }

int current_time(sqlite3_vfs* /*vfs*/, sqlite3_int64* milliseconds) {
    *milliseconds = 212'000'000'000'000;  // a day in 2006; the simulation has no time
    return SQLITE_OK;
}

int current_time_days(sqlite3_vfs* vfs, double* days) {
    sqlite3_int64 milliseconds = 0;
    current_time(vfs, &milliseconds);
    *days = static_cast<double>(milliseconds) / 86'400'000.0;
    return SQLITE_OK;
}

int last_error(sqlite3_vfs* /*vfs*/, int /*size*/, char* /*out*/) { return 0; }

}  // namespace

SimVfs::SimVfs(std::string name) : state_(std::make_unique<State>()) {
    state_->name = std::move(name);
    sqlite3_vfs& vfs = state_->vfs;
    vfs.iVersion = 2;
    vfs.szOsFile = sizeof(VfsFile);
    vfs.mxPathname = 512;
    vfs.zName = state_->name.c_str();
    vfs.pAppData = state_.get();
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    vfs.xAccess = access;
    vfs.xFullPathname = full_path_name;
    vfs.xRandomness = randomness;
    vfs.xSleep = sleep_not;
    vfs.xCurrentTime = current_time_days;
    vfs.xCurrentTimeInt64 = current_time;
    vfs.xGetLastError = last_error;
    if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK) throw std::bad_alloc();
}

SimVfs::~SimVfs() { sqlite3_vfs_unregister(&state_->vfs); }

const std::string& SimVfs::name() const { return state_->name; }

void SimVfs::use(SimFs& fs) {
    state_->fs = &fs;
    state_->shared.clear();
    state_->random = 1;
}

}  // namespace assay::simulation
