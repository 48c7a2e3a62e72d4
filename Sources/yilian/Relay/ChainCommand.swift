internal import ArgumentParser
internal import Cryptography
internal import Foundation
internal import LedgerClient
internal import LedgerModel
internal import NetworkLayout
internal import SwiftProtobuf
internal import Wire

struct ChainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chain", abstract: "Has another chain believed by this one.",
    subcommands: [LinkChain.self])
}

/// For how long another chain's newest known header is believed.
enum ChainTrust {
  static let dayMs: UInt64 = 24 * 3_600_000
  static let standardDays: UInt64 = 30
  static let standardMs = standardDays * dayMs
}

/// A joint decision to believe another chain's headers.
struct LinkChain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "link",
    abstract: "Decides that this chain believes another: proposes it, or votes for it.",
    discussion: """
      With --dir all governors whose keys are in the folder vote; with --as or --key that member \
      alone, and the governors of other organisations vote with the same command. Somebody else's \
      proposal is voted for only if all that it says of the other chain is proven here as well.
      """)

  @OptionGroup var connection: ConnectionOptions

  @Option(help: "The other chain's genesis document.")
  var chain: String

  @Option(help: "A node of the other chain, to begin with its newest epoch instead of its first.")
  var chainNode: String?

  @Option(help: "Days for which the other chain's newest known header is believed, 7 to 366.")
  var trustingDays = ChainTrust.standardDays

  @Flag(help: "Trust it anew although it is trusted: after it contradicted itself, or expired.")
  var anew = false

  @Option(help: "Hours in which it can be voted on, at block time.")
  var deadline: UInt64 = 168

  @Flag(help: "One JSON document on standard output.")
  var json = false

  func validate() throws {
    guard 7...366 ~= trustingDays else {
      throw ValidationError("--trusting-days is \(trustingDays): use 7 to 366.")
    }
    guard 1...8_784 ~= deadline else {
      throw ValidationError("--deadline is \(deadline): use 1 to 8784 hours (366 days).")
    }
  }

  func run() async throws {
    try await withLedger(connection) { ledger in
      let genesis = try Genesis(document: Files.read(URL(filePath: chain)))
      guard genesis.chainID != ledger.genesis.chainID else {
        throw Failure.usage("\(chain) is this chain's own genesis document: name another chain's")
      }
      guard let chainNode else { return try await link(ledger, genesis, nil) }
      let node = try NodeConnection(url: chainNode)
      do {
        try await link(ledger, genesis, RemoteLedger(connection: node, genesis: genesis))
      } catch {
        await node.close()
        throw error
      }
      await node.close()
    }
  }

  private func link(
    _ ledger: RemoteLedger, _ genesis: Genesis, _ other: RemoteLedger?
  ) async throws {
    let known = try await ledger.trustedChain(genesis.chainID).record
    var view: TrustView
    if let known, !anew {
      view = TrustView(known)
      if !json {
        view.show()
        Terminal.print("trusted already, revision \(known.revision): --anew trusts it anew")
      }
    } else {
      let revision = (known?.revision ?? 0) + 1
      let record = try await record(genesis, other, revision, after: nil)
      view = TrustView(record)
      let decision = JointDecision(ledger: ledger) { if !json { Terminal.print($0) } }
      let outcome = try await decision.settle(
        "trust-\(genesis.name.prefix(24))-\(genesis.chainID.hex.prefix(8))-\(revision)",
        WireChange.with { $0.trustChain = record },
        reason: "to exchange packets with \(genesis.name)", hours: deadline,
        by: try await connection.governors(on: ledger),
        agrees: { change in
          let proposed = change.trustChain
          return try await proposed
            == self.record(genesis, other, revision, after: proposed.after)
        },
        show: { change in
          view = TrustView(change.trustChain)
          if !json { view.show() }
        })
      view.decision = outcome
    }
    view.trustsBack = try await other?.trustedChain(ledger.genesis.chainID).record != nil
    if json { return try Terminal.json(view) }
    if let missing = view.decision?.missing { Terminal.print(missing) }
    if view.trustsBack == false {
      Terminal.print(
        "\(genesis.name) does not trust \(ledger.genesis.name) yet: link them there as well")
    }
  }

  /// What is proven here of the other chain, to be believed above a height.
  private func record(
    _ genesis: Genesis, _ other: RemoteLedger?, _ revision: UInt64, after height: UInt64?
  ) async throws -> WireChainRecord {
    var record: WireChainRecord
    if let other {
      record = try await other.anchor(at: height)
    } else {
      record = WireChainRecord(first: genesis)
      guard nowMs() < genesis.timeMs + trustingDays * ChainTrust.dayMs else {
        throw Failure.usage(
          "\(genesis.name) was made more than \(trustingDays) days ago: name a node of it with "
            + "--chain-node, so that it is believed from its newest header on")
      }
    }
    record.revision = revision
    record.trustingMs = trustingDays * ChainTrust.dayMs
    return record
  }
}

/// From where on another chain is believed.
struct TrustView: Encodable {
  struct Validator: Encodable {
    var name: String
    var key: String
  }

  var chain: String
  var chainID: String
  var suite: String
  var revision: UInt64
  var epoch: UInt64
  var after: UInt64
  var time: String
  var trustingDays: UInt64
  var validators: [Validator]
  var decision: DecisionView?
  /// Whether the other chain trusts this one, if it was asked.
  var trustsBack: Bool?

  init(_ record: WireChainRecord, decision: DecisionView? = nil) {
    chain = record.name
    chainID = record.chainID.octets.hex
    suite = record.suite
    revision = record.revision
    epoch = record.epoch
    after = record.after
    time = TimeText.iso(record.timeMs)
    trustingDays = record.trustingMs / ChainTrust.dayMs
    validators = record.validators.map {
      Validator(name: $0.name, key: $0.signingKey.octets.hex)
    }
    self.decision = decision
  }

  func show() {
    var rows = [
      ["chain", "\(chain), revision \(revision)"],
      ["id", chainID],
      ["suite", suite],
      ["believed", "from epoch \(epoch) on, above height \(after) of \(time)"],
      ["expires", "when no header of it is known for \(trustingDays) days"],
    ]
    for (index, validator) in validators.enumerated() {
      rows.append([index == 0 ? "validators" : "", "\(validator.name)  \(validator.key)"])
    }
    for line in Terminal.table(rows) { Terminal.print(line) }
  }
}
