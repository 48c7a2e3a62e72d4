import BuiltinContracts
import BureauServer
import Cryptography
import Foundation
import GatewayConformance
import GatewayKit
import Glibc
import LedgerClient
import LedgerModel
import NetworkLayout
import RESTGateway
import SwiftProtobuf
import Testing
import Wire

/// A chain of one node, a router with a gateway, and the server of a bureau system without a chain:
/// made by commands alone.
struct BureauWorld: Sendable {
  static let channel = "bureau-sync"
  static let router = "joiner"
  static let types = ["notice", "notice.confirmed", "posting.feedback", "voucher.report"]

  let folder: ChainsFolder
  let server: BureauServer
  let ledger: RemoteLedger

  var bureau: MemoryGateway { server.place }
  var home: URL { folder.home(ofRouter: Self.router) }

  /// Makes the world for `body`; afterwards, also on failure, nothing of it is left.
  static func with(_ body: (BureauWorld) async throws -> Void) async throws {
    let url = FileManager.default.temporaryDirectory
      .appending(path: "yilian-bureau-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    let folder = ChainsFolder(url.appending(path: "chains").path)
    let passphrase = url.appending(path: "bureau.passphrase")
    let keyFile = url.appending(path: "bureau.key")
    try await Programs.succeed(
      "key", "create", "bureau", "--suite", "sm", "--out", keyFile.path, "--passphrase-file",
      passphrase.path)
    // Beside the ports of node and router, which are the base port and those next to it.
    let basePort = try ValidatorNetwork.basePort()
    let port = basePort + 100
    let manifest = url.appending(path: "manifest.json")
    try Files.write(Array(Self.manifest(port).utf8), to: manifest)
    try await Programs.succeed(
      "network", "create", "--manifest", manifest.path, "--dir", folder.url.path, "--base-port",
      "\(basePort)")
    let server = try server(folder, keyFile: keyFile, passphrase: passphrase, port: port)
    try await server.start()
    let network = folder.chain("province")
    let node = try #require(try network.readManifest().nodes.first).url
    let world = BureauWorld(
      folder: folder, server: server,
      ledger: RemoteLedger(
        connection: try NodeConnection(url: node, timeout: .seconds(60)),
        genesis: try Genesis(document: Files.read(network.genesis))))
    var failure: (any Error)?
    do {
      try await Programs.succeed("network", "start", "--dir", folder.url.path)
      try await body(world)
    } catch {
      failure = error
    }
    _ = try await Programs.yilian("network", "stop", "--dir", folder.url.path)
    await world.ledger.connection.close()
    await server.stop()
    if let failure { throw failure }
  }

  /// The server has its own keys and knows those of the gateway member.
  private static func server(
    _ folder: ChainsFolder, keyFile: URL, passphrase: URL, port: Int
  ) throws -> BureauServer {
    let member = try KeyFile.readPublic(
      String(decoding: Files.read(folder.chain("province").key(of: "gateway")), as: UTF8.self))
    let own = try KeyFile.decode(
      String(decoding: Files.read(keyFile), as: UTF8.self),
      passphrase: SecretBytes(copying: Files.read(passphrase).filter { $0 != 0x0a }))
    let keys = try EnvelopeKeys(
      name: "bureau", signing: own.signing, sealing: own.sealing, peer: member)
    return BureauServer(
      MemoryGateway("bureau", nowMs: nowMs()), keys: keys, stranger: keys, port: port)
  }

  private static func manifest(_ port: Int) -> String {
    """
    {"chains": [{"name": "province", "suite": "sm", "nodes": 1,
                 "participants": \(ChainRig.participants)}],
     "routers": [{"name": "\(router)", "chain": "province", "member": "gateway",
                  "gateways": [{"channel": "\(channel)", "url": "http://127.0.0.1:\(port)",
                                "systemKey": "bureau.key"}]}],
     "channels": [{"id": "\(channel)", "chains": ["province"], "messageTypes":
                   ["\(types.joined(separator: "\", \""))"],
                   "window": 256, "maxTimeoutHours": 24, "place": "bureau",
                   "gateway": "gateway"}]}
    """
  }

  func identity(_ member: String) throws -> Identity {
    let chain = folder.chain("province")
    return try Identity(
      keyFile: String(decoding: Files.read(chain.key(of: member)), as: UTF8.self),
      passphrase: SecretBytes(copying: Files.read(chain.passphrase).filter { $0 != 0x0a }))
  }
}

// The two ends at work.
extension BureauWorld {
  static func nowMs() -> UInt64 { UInt64(Date().timeIntervalSince1970 * 1_000) }

  /// A document of the chain: what was reimbursed and posted.
  /// - Returns: Its business key.
  @discardableResult
  func sendFeedback(_ number: Int) async throws -> String {
    var packet = RelayPacket.with {
      $0.channel = Self.channel
      $0.messageType = "posting.feedback"
      $0.schema = 1
      $0.schemaVersion = 1
      $0.recipient = "cashier"
      $0.timeoutMs = Self.nowMs() + 3_600_000
      $0.policy = "public"
      $0.purpose = "入账反馈"
      $0.body = document("F-\(number)").data
    }
    let terms = try #require(try await ledger.terms(Self.channel).terms)
    packet.sourceChain = terms.localChain
    packet.destinationChain = terms.remoteChain
    packet.businessKey = RelayContract.businessKey(of: packet) ?? ""
    let sender = try identity("sender")
    let call = try await ledger.prepareSend(
      packet, content: Array("feedback \(number)".utf8), by: sender)
    let receipts = try await ledger.submit(
      [call.call], attachments: call.attachments, by: sender)
    try #require(receipts.first?.isDone == true, "\(receipts)")
    return packet.businessKey
  }

  /// A document of the bureau system: a voucher.
  func voucher(_ number: Int, to recipient: String = "clerk") async throws -> GatewayDocument {
    let terms = try #require(try await ledger.terms(Self.channel).terms)
    let packet = RelayPacket.with {
      $0.sourceChain = terms.remoteChain
      $0.destinationChain = terms.localChain
      $0.messageType = "voucher.report"
      $0.body = document("V-\(number)").data
    }
    return try GatewayDocument(
      id: DocumentID(origin: "bureau", key: "voucher-\(number)"),
      heading: GatewayDocument.Heading(
        messageType: packet.messageType, sender: "cashier", recipient: recipient,
        policy: "public", purpose: "电子结算凭证", timeoutMs: Self.nowMs() + 3_600_000,
        businessKey: RelayContract.businessKey(of: packet) ?? ""),
      body: packet.body.octets,
      content: .init(schema: 1, schemaVersion: 1, bytes: Array("voucher \(number)".utf8)))
  }

  private func document(_ key: String) -> [UInt8] {
    RelayDocument.with {
      $0.key = key
      $0.version = 1
    }.encoded
  }

  func state() async throws -> RelayChannelState {
    try await ledger.message(RelayChannelState.self, of: RelayContract.channel(Self.channel))
      .message ?? RelayChannelState()
  }

  /// Waits until nothing is under way: so many documents of the bureau were settled.
  func quiet(offered: Int, within time: Duration = .seconds(90)) async throws {
    let deadline = ContinuousClock.now + time
    while ContinuousClock.now < deadline {
      if try await state().unsettled == 0, await bureau.settled().count == offered { return }
      try await Task.sleep(for: .milliseconds(200))
    }
    let status = try await status()
    Issue.record("documents are still under way: \(status)")
  }

  func status() async throws -> Outcome {
    try await Programs.yilian("router", "status", "--why", "--home", home.path)
  }

  /// Waits until the router answers: before, a signal just ends it.
  func routerIsUp() async throws {
    for _ in 0..<200 {
      if try await status().status == 0 { return }
      try await Task.sleep(for: .milliseconds(50))
    }
    throw NotReady()
  }

  // The router, as a child once it was taken over.

  func startRouter() throws -> ChildProcess {
    try ChildProcess(
      Programs.router, ["run", "--home", home.path], log: home.appending(path: "router.log"))
  }

  /// Ends the router that `network start` started, without a warning.
  func killRouter() async throws {
    let file = home.appending(path: "router.pid")
    let text = try String(contentsOf: file, encoding: .utf8)
    let pid = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    Glibc.kill(pid, SIGKILL)
    for _ in 0..<200 where Glibc.kill(pid, 0) == 0 {
      try await Task.sleep(for: .milliseconds(50))
    }
  }
}
