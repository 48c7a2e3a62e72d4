internal import Foundation
internal import LedgerClient
internal import LedgerModel
internal import Wire

/// The report: conditions first, then results; every figure is of this run.
struct BenchReport {
  let payload: Int
  let batchSize: Int
  let before: WireStatusResponse
  var bareVerifyRate = 0.0
  var singles: [BenchResult] = []
  var batches: BenchResult?
  var after = WireStatusResponse()

  init(ledger: RemoteLedger, payload: Int, batchSize: Int) async throws {
    self.payload = payload
    self.batchSize = batchSize
    before = try await ledger.connection.status()
  }

  var markdown: String {
    var lines = ["# Bench report", "", "## Conditions", ""]
    lines += Terminal.markdownTable([["condition", "value"]] + conditions)
    lines += ["", "## Single signed records", ""]
    lines += Terminal.markdownTable([Self.header] + singles.map(row))
    let share = bareVerifyRate / Double(max(1, before.validators))
    if let best = singles.map(\.recordsPerSecond).max(), share > 0 {
      lines += [
        "",
        "Best rate: \(Self.whole(best)) records/s, \(Self.tenth(100 * best / share)) % of the bare "
          + "verification rate of \(Self.whole(bareVerifyRate))/s divided by \(before.validators): "
          + "each validator checks each signature.",
      ]
    }
    if let batches {
      lines += ["", "## Signed batches of \(batchSize)", ""]
      lines += Terminal.markdownTable([Self.header, row(batches)])
    }
    lines += ["", "## CPU of the node by stage, µs per record", ""]
    let loads = singles + [batches].compactMap { $0 }
    lines += Terminal.markdownTable([Self.stageHeader] + loads.map(stages))
    lines += ["", "## Memory and disk", ""]
    lines += Terminal.markdownTable([["measure", "value"]] + footprint)
    return lines.joined(separator: "\n") + "\n"
  }

  private var conditions: [[String]] {
    [
      ["suite", before.suite],
      ["fsync", "one synced write for each block, before it is acknowledged"],
      ["transport", "HTTP/1.1 on loopback, protobuf, no TLS; generator and node on one machine"],
      ["record", "blue invoice, \(payload) byte file sealed client-side, key wrapped to its owner"],
      ["batch", "\(batchSize) records under one signature"],
      [
        "validators",
        "\(before.validators), \(before.reachable) of them up, all on this machine",
      ],
      ["hardware", Hardware.description],
      ["version", before.version],
      ["records on the ledger before", "\(before.logSize) log entries"],
      ["bare signature checks", "\(Self.whole(bareVerifyRate))/s on all cores, same run"],
    ]
  }

  private static let header = [
    "clients", "records", "refused", "records/s", "p50 ms", "p99 ms", "p99.9 ms", "blocks",
    "node CPU µs/record",
  ]

  private func row(_ result: BenchResult) -> [String] {
    let cpu = Double(result.after.cpuMs - result.before.cpuMs) * 1_000 / Double(result.records)
    return [
      "\(result.clients)", "\(result.records)", "\(result.refused)",
      Self.whole(result.recordsPerSecond), Self.hundredth(result.percentile(0.5)),
      Self.hundredth(result.percentile(0.99)), Self.hundredth(result.percentile(0.999)),
      "\(result.after.stages.blocks - result.before.stages.blocks)", Self.tenth(cpu),
    ]
  }

  private static let stageHeader = [
    "load", "decode", "verify", "journal", "sign", "execute", "merkle", "store", "all stages",
    "all but verify and sign",
  ]

  private func stages(_ result: BenchResult) -> [String] {
    let (old, new) = (result.before.stages, result.after.stages)
    let parts: [(UInt64, UInt64)] = [
      (old.decodeNs, new.decodeNs), (old.verifyNs, new.verifyNs), (old.journalNs, new.journalNs),
      (old.signNs, new.signNs), (old.executeNs, new.executeNs), (old.merkleNs, new.merkleNs),
      (old.storeNs, new.storeNs),
    ]
    let micros = parts.map { Double($0.1 - $0.0) / 1_000 / Double(result.records) }
    let all = micros.reduce(0, +)
    let name =
      result.callsEach == 1
      ? "\(result.clients) clients, single" : "\(result.clients) clients, batches"
    return [name] + micros.map(Self.tenth) + [
      Self.tenth(all), Self.tenth(all - micros[1] - micros[3]),
    ]
  }

  private var footprint: [[String]] {
    let records = Double(max(1, after.stages.records - before.stages.records))
    let disk = Double(after.diskBytes) - Double(before.diskBytes)
    return [
      ["resident memory of the node after the run", "\(after.residentBytes / 1_000_000) MB"],
      [
        "records on the ledger after",
        "\(after.stages.records) calls since the start, \(after.logSize) log entries",
      ],
      ["disk of the node after", "\(after.diskBytes / 1_000_000) MB"],
      ["disk per record of this run, before compaction", "\(Self.whole(disk / records)) bytes"],
    ]
  }

  private static func whole(_ value: Double) -> String { String(format: "%.0f", value) }
  private static func tenth(_ value: Double) -> String { String(format: "%.1f", value) }
  private static func hundredth(_ value: Double) -> String { String(format: "%.2f", value) }
}

/// What the machine is, as the kernel says.
enum Hardware {
  static var description: String {
    let cpu = (try? String(contentsOf: URL(filePath: "/proc/cpuinfo"), encoding: .utf8))?
      .split(separator: "\n").first { $0.hasPrefix("model name") }?
      .split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown CPU"
    let memory = ProcessInfo.processInfo.physicalMemory / (1 << 30)
    return "\(Workers.count) cores of \(cpu), \(memory) GiB"
  }
}

extension Terminal {
  static func markdownTable(_ rows: [[String]]) -> [String] {
    guard let header = rows.first else { return [] }
    let line = { (cells: [String]) in "| " + cells.joined(separator: " | ") + " |" }
    return [line(header), line(header.map { _ in "---" })] + rows.dropFirst().map(line)
  }
}
