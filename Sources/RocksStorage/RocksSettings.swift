internal import CRocksDB

/// The library's options, made from ours.
struct RocksSettings: ~Copyable {
  /// Shared by all tables: one budget.
  let cache: OwnedPointer
  /// Of the database and of tables with small values.
  let small: OwnedPointer
  /// Of tables with large values.
  let large: OwnedPointer

  init(_ options: RocksOptions) {
    cache = OwnedPointer(
      rocksdb_cache_create_lru(options.blockCacheBytes), destroyedBy: rocksdb_cache_destroy)
    small = Self.base(options, cache: cache.pointer)
    rocksdb_options_set_compression(small.pointer, Int32(rocksdb_lz4_compression))
    rocksdb_options_set_write_buffer_size(small.pointer, options.writeBufferBytes / 3)

    large = Self.base(options, cache: cache.pointer)
    rocksdb_options_set_write_buffer_size(large.pointer, options.writeBufferBytes / 2)
    // Large values are ciphertext: compression would cost time and gain nothing.
    rocksdb_options_set_compression(large.pointer, Int32(rocksdb_no_compression))
    rocksdb_options_set_enable_blob_files(large.pointer, 1)
    rocksdb_options_set_min_blob_size(large.pointer, Self.blobBytesMin)
    rocksdb_options_set_blob_compression_type(large.pointer, Int32(rocksdb_no_compression))
    rocksdb_options_set_enable_blob_gc(large.pointer, 1)
  }

  /// Smaller values are cheaper inside the key tree than behind a pointer.
  private static let blobBytesMin: UInt64 = 512
  private static let bloomBitsPerKey = 10.0
  private static let backgroundJobsMax: Int32 = 2
  /// Merges are cut to this size: all jobs together fit into the default disk reserve.
  private static let mergeBytesMax: UInt64 = 512 << 20
  /// Data is handed to the device in such steps, so that no flush stalls a commit for long.
  private static let bytesPerSync: UInt64 = 1 << 20
  private static let manifestBytesMax = 16 << 20
  private static let infoLogBytesMax = 1 << 20
  private static let infoLogFilesMax = 2
  private static let infoLogLevelWarning: Int32 = 2

  private static func base(_ options: RocksOptions, cache: OpaquePointer?) -> OwnedPointer {
    let owned = OwnedPointer(rocksdb_options_create(), destroyedBy: rocksdb_options_destroy)
    let settings = owned.pointer
    rocksdb_options_set_create_if_missing(settings, 1)
    rocksdb_options_set_create_missing_column_families(settings, 1)

    // A replica that forgets a synced vote may vote twice, which is worse than one that refuses
    // to start. This mode accepts a log cut short inside its last record, as a crash leaves it:
    // that record was never acknowledged as synced. Damage before it stops the opening.
    // Point-in-time recovery would open with everything after the damage silently gone, synced or
    // not; absolute consistency would refuse after every crash.
    rocksdb_options_set_wal_recovery_mode(
      settings, Int32(rocksdb_tolerate_corrupted_tail_records_recovery))
    // A recycled log ends in old records, which blurs what a torn tail is.
    rocksdb_options_set_recycle_log_file_num(settings, 0)
    rocksdb_options_set_paranoid_checks(settings, 1)

    rocksdb_options_set_db_write_buffer_size(settings, options.writeBufferBytes)
    rocksdb_options_set_max_total_wal_size(settings, UInt64(options.writeAheadLogBytes))
    rocksdb_options_set_max_open_files(settings, Int32(clamping: options.openFilesLimit))
    rocksdb_options_set_max_background_jobs(settings, backgroundJobsMax)
    rocksdb_options_set_max_compaction_bytes(settings, mergeBytesMax)
    rocksdb_options_set_bytes_per_sync(settings, bytesPerSync)
    rocksdb_options_set_wal_bytes_per_sync(settings, bytesPerSync)
    rocksdb_options_set_max_manifest_file_size(settings, manifestBytesMax)
    rocksdb_options_set_level_compaction_dynamic_level_bytes(settings, 1)

    rocksdb_options_set_info_log_level(settings, infoLogLevelWarning)
    rocksdb_options_set_keep_log_file_num(settings, infoLogFilesMax)
    rocksdb_options_set_max_log_file_size(settings, infoLogBytesMax)
    rocksdb_options_set_stats_dump_period_sec(settings, 0)
    rocksdb_options_set_stats_persist_period_sec(settings, 0)

    let blocks = blockLayout(cache: cache)
    rocksdb_options_set_block_based_table_factory(settings, blocks.pointer)
    return owned
  }

  /// Indexes and filters live in the cache in small parts: memory stays bounded, and a miss reads
  /// kilobytes instead of the whole filter of a file.
  private static func blockLayout(cache: OpaquePointer?) -> OwnedPointer {
    let owned = OwnedPointer(
      rocksdb_block_based_options_create(), destroyedBy: rocksdb_block_based_options_destroy)
    let blocks = owned.pointer
    rocksdb_block_based_options_set_block_cache(blocks, cache)
    // The layout becomes the owner of the filter policy.
    rocksdb_block_based_options_set_filter_policy(
      blocks, rocksdb_filterpolicy_create_bloom_full(bloomBitsPerKey))
    rocksdb_block_based_options_set_cache_index_and_filter_blocks(blocks, 1)
    rocksdb_block_based_options_set_cache_index_and_filter_blocks_with_high_priority(blocks, 1)
    rocksdb_block_based_options_set_index_type(
      blocks, Int32(rocksdb_block_based_table_index_type_two_level_index_search))
    rocksdb_block_based_options_set_partition_filters(blocks, 1)
    rocksdb_block_based_options_set_pin_top_level_index_and_filter(blocks, 1)
    return owned
  }
}
