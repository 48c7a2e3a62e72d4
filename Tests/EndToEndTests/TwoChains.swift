import BuiltinContracts
import Cryptography
import Foundation
import LedgerClient
import LedgerModel
import NetworkLayout
import SwiftProtobuf
import Testing
import Wire

/// Two chains of one node each, made from a manifest and joined by a channel.
struct TwoChains: Sendable {
  let folder: ChainsFolder
  /// Names of the routers, two beside each chain, or none.
  static let routers = ["router-of-a", "second-of-a", "router-of-b", "second-of-b"]

  /// Makes the chains for `body`; afterwards, also on failure, nothing of them is left.
  /// - Parameters:
  ///   - withRouters: Whether there are routers; else packets are carried by hand.
  ///   - sharing: Whether the clerk of `a` issues invoices, which its router shares if asked.
  static func with(
    starting: Bool = false, withRouters: Bool = false, sharing: Bool = false,
    _ body: (TwoChains) async throws -> Void
  ) async throws {
    let url = FileManager.default.temporaryDirectory
      .appending(path: "yilian-chains-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    let file = url.appending(path: "manifest.json")
    try Files.write(Array(manifest(withRouters: withRouters, sharing: sharing).utf8), to: file)
    let folder = ChainsFolder(url.appending(path: "chains").path)
    try await Programs.succeed(
      "network", "create", "--manifest", file.path, "--dir", folder.url.path, "--base-port",
      "\(try ValidatorNetwork.basePort())")
    let chains = TwoChains(folder: folder)
    var failure: (any Error)?
    do {
      if starting {
        let started = try await chains.yilian("network", "start")
        try #require(started.status == 0, "\(started)")
      }
      try await body(chains)
    } catch {
      failure = error
    }
    _ = try await chains.yilian("network", "stop")
    if let failure { throw failure }
  }

  /// Runs `yilian` on the folder of both chains.
  func yilian(_ arguments: String...) async throws -> Outcome {
    try await Programs.run(Programs.yilian, arguments + ["--dir", folder.url.path])
  }

  /// Runs `yilian` on one of them.
  func yilian(on chain: String, _ arguments: String...) async throws -> Outcome {
    try await Programs.run(
      Programs.yilian, arguments + ["--dir", folder.chain(chain).url.path])
  }

  func ledger(_ chain: String) async throws -> RemoteLedger {
    let folder = folder.chain(chain)
    let url = try #require(try folder.readManifest().nodes.first).url
    return RemoteLedger(
      connection: try NodeConnection(url: url, timeout: .seconds(60)),
      genesis: try Genesis(document: Files.read(folder.genesis)))
  }

  func identity(_ member: String, on ledger: RemoteLedger) throws -> Identity {
    let chain = folder.chain(ledger.genesis.name)
    let passphrase = try Files.read(chain.passphrase).filter { $0 != 0x0a }
    return try Identity(
      keyFile: String(decoding: Files.read(chain.key(of: member)), as: UTF8.self),
      passphrase: SecretBytes(copying: passphrase))
  }

  private static func manifest(withRouters: Bool, sharing: Bool) -> String {
    let routers =
      withRouters
      ? zip(Self.routers, ["a", "a", "b", "b"]).enumerated().map {
        (index, router) in
        """
        {"name": "\(router.0)", "chain": "\(router.1)",
         "shares": [\(sharing && router.1 == "a" ? shares : "")],
         "member": "\(index.isMultiple(of: 2) ? "router" : "router-2")"}
        """
      } : []
    let types =
      sharing ? shareTypes : #""notice", "identity.revoke", "member.call""#
    let participants = participants(roles: sharing ? "\"sender\", \"issuer\"" : "\"sender\"")
    return """
      {"chains": [
         {"name": "a", "suite": "nist", "nodes": 1, "participants": \(participants)},
         {"name": "b", "suite": "intl", "nodes": 1, "participants": \(participants)}],
       "routers": [\(routers.joined(separator: ", "))],
       "channels": [{"id": "ab", "chains": ["a", "b"], "messageTypes": [\(types)], "window": 256,
                     "maxTimeoutHours": 24}]}
      """
  }

  private static let shares = #"{"channel": "ab", "member": "clerk"}"#
  private static let shareTypes = #""notice", "invoice.share", "invoice.request""#

  /// - Parameter roles: Of the clerk.
  private static func participants(roles: String) -> String {
    """
    {"organisations": [{"id": "office", "name": "Office", "region": ""}],
     "members": [
      {"id": "governor", "organisation": "office", "roles": ["governor"], "region": "",
       "indexKey": false},
      {"id": "router", "organisation": "office", "roles": ["router"], "region": "",
       "indexKey": false},
      {"id": "router-2", "organisation": "office", "roles": ["router"], "region": "",
       "indexKey": false},
      {"id": "clerk", "organisation": "office", "roles": [\(roles)], "region": "",
       "indexKey": true}]}
    """
  }
}

// A router's work, step by step.
extension TwoChains {
  /// A notice for the other chain's clerk, with content.
  static func notice(_ key: String) -> RelayPacket {
    RelayPacket.with {
      $0.channel = "ab"
      $0.messageType = "notice"
      $0.schema = 1
      $0.schemaVersion = 1
      $0.recipient = "clerk"
      $0.timeoutMs = UInt64(Date().timeIntervalSince1970 * 1_000) + 3_600_000
      $0.policy = "public"
      $0.purpose = "to be delivered once"
      $0.businessKey = key
      $0.body = RelayNotice.with { $0.matter = "way" }.encoded.data
    }
  }

  /// The clerk of `a` sends the clerk of `b` a notice with content.
  func sendSealed(on ledger: RemoteLedger) async throws {
    let clerk = try identity("clerk", on: ledger)
    let call = try await ledger.prepareSend(
      Self.notice("N-1"), content: [1, 2, 3], by: clerk)
    let receipts = try await ledger.submit(
      [call.call], attachments: call.attachments, by: clerk)
    try done(#require(receipts.first))
  }

  /// The clerk of `a` sends the clerk of `b` a notice without content.
  func send(on ledger: RemoteLedger) async throws {
    let terms = try #require(try await ledger.terms("ab").terms)
    var send = RelaySend()
    send.packet = RelayPacket.with {
      $0.version = 1
      $0.sourceChain = terms.localChain
      $0.destinationChain = terms.remoteChain
      $0.channel = terms.id
      $0.messageType = "notice"
      $0.sender = "clerk"
      $0.recipient = "clerk"
      $0.timeoutMs = UInt64(Date().timeIntervalSince1970 * 1_000) + 3_600_000
      $0.policy = "public"
      $0.purpose = "to show the way"
      $0.businessKey = "N-1"
      $0.body = RelayNotice.with { $0.matter = "way" }.encoded.data
    }
    try await done(call("send", send, as: "clerk", on: ledger))
  }

  /// The packet arrives, proven by a header; once too early.
  func carry(from source: RemoteLedger, to destination: RemoteLedger) async throws {
    let (bundle, header) = try await proof(RelayContract.sent("ab", 1), on: source)
    var receive = RelayReceive()
    receive.channel = "ab"
    receive.header = header
    receive.proof = try #require(bundle.items.first).value.encoded.data
    let early = try await call("receive", receive, as: "router", on: destination)
    #expect(!early.isDone)
    try await follow(source, bundle.header, on: destination)
    try await done(call("receive", receive, as: "router", on: destination))
  }

  func acknowledge(from destination: RemoteLedger, to source: RemoteLedger) async throws {
    let (bundle, header) = try await proof(RelayContract.received("ab", 1), on: destination)
    try await follow(destination, bundle.header, on: source)
    var acknowledge = RelayAcknowledge()
    acknowledge.channel = "ab"
    acknowledge.header = header
    acknowledge.proof = try #require(bundle.items.first).value.encoded.data
    try await done(call("acknowledge", acknowledge, as: "router", on: source))
  }

  /// The router of `b` blames that of `a` for packet 1, with the record that it signed.
  func blame(from source: RemoteLedger, on destination: RemoteLedger) async throws {
    let arrived = try await destination.message(
      RelayReceivedPacket.self, of: RelayContract.received("ab", 1)
    ).message
    let record = try #require(arrived?.records.first)
    let body = try RelayReencryptionBody(
      strict: record.body.octets, limit: RelayContract.Limit.recordBytes)
    let (bundle, header) = try await proof(RelayContract.sent("ab", 1), on: source)
    try await follow(source, bundle.header, on: destination)
    var blame = RelayBlame()
    blame.channel = "ab"
    blame.header = header
    blame.proof = try #require(bundle.items.first).value.encoded.data
    blame.record = record
    blame.fault = .doesNotOpen
    blame.brought = body.digestOut
    try await done(call("blame", blame, as: "router", on: destination))
  }

  /// An asset proven against a header that does not end its epoch.
  private func proof(
    _ asset: AssetID, on ledger: RemoteLedger
  ) async throws -> (WireProofBundle, RelayHeaderName) {
    let answer = try await ledger.value(of: asset)
    try #require(answer.fact != nil && !answer.header.endsEpoch)
    var name = RelayHeaderName()
    name.chainID = ledger.genesis.chainID.bytes.data
    name.revision = 1
    name.height = answer.header.height
    return (answer.bundle, name)
  }

  /// Makes a header known on another chain, with the epochs that lead to it.
  private func follow(
    _ chain: RemoteLedger, _ header: WireProvenHeader, on other: RemoteLedger
  ) async throws {
    let record = try #require(try await other.trustedChain(chain.genesis.chainID).record)
    var links = try await chain.connection.epochs(from: record.epoch).links
    links.append(WireEpochLink.with { $0.last = header })
    for link in links {
      let header = try BlockHeader(decoding: link.last.header.octets, suite: chain.suite)
      var update = RelayUpdate()
      update.header.chainID = record.chainID
      update.header.revision = record.revision
      update.header.height = header.height
      update.epoch = header.epoch
      update.link = link.encoded.data
      try await done(call("update", update, as: "router", on: other))
    }
  }

  private func call(
    _ method: String, _ arguments: some Message, as member: String, on ledger: RemoteLedger
  ) async throws -> Receipt {
    let call = Transaction.Call(
      contract: RelayContract.name, method: method, arguments: arguments.encoded)
    let receipts = try await ledger.submit([call], by: identity(member, on: ledger))
    return try #require(receipts.first)
  }

  private func done(_ receipt: Receipt) throws {
    try #require(receipt.isDone, "\(receipt.method): \(receipt.outcome)")
  }
}
