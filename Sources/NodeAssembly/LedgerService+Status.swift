internal import Cryptography
internal import LedgerModel
internal import LedgerStore
internal import NodeAPI
internal import NodeCore
internal import RocksStorage
internal import Synchronization
internal import TransactionPool
internal import Transport
internal import Wire

extension LedgerService {
  func status() async -> WireStatusResponse {
    // A storage fault here shows in every other answer.
    let tip = (try? ledger.certified(atOrBelow: .max))?.header
    let executed = ledger.executed
    var status = WireStatusResponse()
    status.name = ledger.genesis.name
    status.chainID = ledger.genesis.chainID.bytes.data
    status.suite = ledger.suite.id.name
    status.node = name
    status.height = tip?.height ?? 0
    status.executedHeight = executed.height
    status.provenHeight = tip?.executed.height ?? 0
    status.timeMs = tip?.timeMs ?? ledger.genesis.timeMs
    status.view = tip?.view ?? 0
    status.logSize = executed.logSize
    let (count, bytes) = admission.pool.withLock { ($0.count, $0.byteCount) }
    status.poolTransactions = UInt64(count)
    status.poolBytes = UInt64(bytes)
    status.validators = UInt32(ledger.epoch.validators.validators.count)
    status.faultsTolerated = UInt32(ledger.epoch.validators.maxFaulty)
    status.residentBytes = ProcessUsage.residentBytes
    status.cpuMs = ProcessUsage.cpuMs
    status.diskBytes = store.approximateSizeOnDisk
    status.version = Node.version
    status.stages = stages.wire
    if let overview = watch.overview { add(overview, to: &status) }
    status.why = why(count: count, newestMs: status.timeMs)
    return status
  }

  private func add(_ overview: Overview, to status: inout WireStatusResponse) {
    status.epoch = overview.epoch
    status.view = overview.view
    status.viewAgeMs = overview.viewAgeMs
    status.quorum = UInt32(overview.quorum)
    status.reachable = UInt32(overview.reachable)
    status.batches = UInt64(overview.batches)
    status.batchBytes = UInt64(overview.batchBytes)
    status.isValidator = overview.validator != nil
    status.peers = overview.peers.map { peer in
      var state = WirePeerState()
      state.name = peer.name
      state.key = peer.id.key.data
      state.isLinked = peer.isLinked
      state.height = peer.status?.height ?? 0
      state.view = peer.status?.view ?? 0
      state.heardMsAgo = peer.statusAgeMs
      return state
    }
  }

  /// What the node is doing, or why it does not advance, and what is wrong with it, in one line.
  private func why(count: Int, newestMs: UInt64) -> String {
    let overview = watch.overview
    return [doing(count: count, newestMs: newestMs), overview?.abstention, overview?.damage]
      .compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "; ")
  }

  private func doing(count: Int, newestMs: UInt64) -> String {
    if let error = failure.error { return "stopping: \(error)" }
    if !isRegistered(), links.metrics.peers.values.allSatisfy({ $0.upFor == nil }) {
      return "nobody links this node: its key is no node's in epoch \(ledger.epoch.number), give "
        + "it the registered one with 'yilian node key'"
    }
    let ageSeconds = (max(clock(), newestMs) - newestMs) / 1_000
    if let overview = watch.overview {
      if let height = overview.catchingUpTo {
        return "catching up: height \(overview.height) of \(height)"
      }
      let lag = overview.height - min(overview.height, overview.executedHeight)
      if lag > 4 { return "executing: \(lag) final blocks wait" }
      let isSlow = overview.viewAgeMs >= 1_000 || overview.reachable < overview.quorum
      if isSlow, !overview.waitsFor.isEmpty {
        return "view \(overview.view) since \(overview.viewAgeMs / 1_000) s: waits for "
          + overview.waitsFor
      }
    }
    if count > 0, ageSeconds >= 5 {
      return "\(count) transactions wait and no block was made for \(ageSeconds) s"
    }
    return count > 0
      ? "ordering \(count) transactions" : "idle: nothing waits, newest block \(ageSeconds) s ago"
  }

  func metrics() async -> String {
    let status = await status()
    let stages = status.stages
    let counts = watch.counts
    let rows: [(name: String, type: String, help: String, value: UInt64)] = [
      ("height", "gauge", "Newest finalised block.", status.height),
      ("executed_height", "gauge", "Newest executed block.", status.executedHeight),
      ("proven_height", "gauge", "Newest height a header commits to.", status.provenHeight),
      ("log_records", "gauge", "Records in the operation log.", status.logSize),
      ("pool_transactions", "gauge", "Transactions that wait.", status.poolTransactions),
      ("pool_bytes", "gauge", "Bytes that wait.", status.poolBytes),
      ("resident_bytes", "gauge", "Memory in use.", status.residentBytes),
      ("disk_bytes", "gauge", "Bytes of the database.", status.diskBytes),
      ("epoch", "gauge", "Period of office of the validators.", status.epoch),
      ("view", "gauge", "Current view of the epoch.", status.view),
      ("view_age_milliseconds", "gauge", "Time in the current view.", status.viewAgeMs),
      ("validators_reachable", "gauge", "Validators linked, this one counted.",
        UInt64(status.reachable)),
      ("quorum", "gauge", "Votes that make a certificate.", UInt64(status.quorum)),
      ("batches", "gauge", "Batches held and not ordered.", status.batches),
      ("batch_bytes", "gauge", "Their bytes.", status.batchBytes),
      ("evidence_total", "counter", "Lies of validators that were proven.", counts.evidence),
      ("invalid_blocks_total", "counter", "Proposed blocks that were not valid.",
        counts.invalidBlocks),
      ("catch_up_requests_total", "counter", "Requests for final blocks of peers.",
        counts.catchUps),
      ("damaged_blocks_total", "counter", "Stored blocks that were found damaged.",
        counts.damaged),
      ("repaired_blocks_total", "counter", "Damaged blocks that were repaired.",
        counts.repaired),
      ("uninspected_height", "gauge",
        "Blocks above it were looked at for damage since the start; 0 when all were.",
        watch.overview?.uninspectedHeight ?? 0),
      ("cpu_milliseconds_total", "counter", "CPU time of the process.", status.cpuMs),
      ("records_total", "counter", "Calls executed since the start.", stages.records),
      ("transactions_total", "counter", "Transactions since the start.", stages.transactions),
      ("blocks_total", "counter", "Blocks since the start.", stages.blocks),
    ]
    let times: [(stage: String, nanoseconds: UInt64)] = [
      ("decode", stages.decodeNs), ("verify", stages.verifyNs), ("journal", stages.journalNs),
      ("sign", stages.signNs), ("execute", stages.executeNs), ("merkle", stages.merkleNs),
      ("store", stages.storeNs),
    ]
    var text = ""
    for row in rows {
      text += "# HELP yilian_\(row.name) \(row.help)\n# TYPE yilian_\(row.name) \(row.type)\n"
      text += "yilian_\(row.name) \(row.value)\n"
    }
    text += "# HELP yilian_refused_messages_total Messages of peers that were refused.\n"
    text += "# TYPE yilian_refused_messages_total counter\n"
    for (reason, count) in counts.refused.sorted(by: { $0.key < $1.key }) {
      text += "yilian_refused_messages_total{reason=\"\(reason)\"} \(count)\n"
    }
    text += "# HELP yilian_refused_connections_total Connections of links that were refused.\n"
    text += "# TYPE yilian_refused_connections_total counter\n"
    for (reason, count) in links.metrics.refused.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      text += "yilian_refused_connections_total{reason=\"\(reason)\"} \(count)\n"
    }
    text += "# HELP yilian_stage_cpu_nanoseconds_total CPU time by stage since the start.\n"
    text += "# TYPE yilian_stage_cpu_nanoseconds_total counter\n"
    for time in times {
      text += "yilian_stage_cpu_nanoseconds_total{stage=\"\(time.stage)\"} \(time.nanoseconds)\n"
    }
    return text
  }
}
