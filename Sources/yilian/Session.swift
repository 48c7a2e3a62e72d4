internal import ArgumentParser
internal import Cryptography
internal import Foundation
internal import LedgerClient
internal import LedgerModel
internal import NetworkLayout

/// Which chain, which node, and as whom: options that most commands share.
struct ConnectionOptions: ParsableArguments {
  @Option(help: "The network's folder, as 'yilian network create' made it.")
  var dir: String?

  @Option(help: "Address of a node, e.g. http://127.0.0.1:7100 (with --genesis).")
  var node: String?

  @Option(help: "The chain's genesis document (with --node).")
  var genesis: String?

  @Option(help: "Key file of the member who acts (with --node).")
  var key: String?

  @Option(help: "File that holds the key file's passphrase.")
  var passphraseFile: String?

  @Option(name: .customLong("as"), help: "The member who acts (with --dir).")
  var member: String?

  func validate() throws {
    guard (dir == nil) != (node == nil) else {
      throw ValidationError("Name the chain: either --dir DIR, or --node URL --genesis FILE.")
    }
    guard node == nil || genesis != nil else {
      throw ValidationError("--node needs --genesis FILE: answers are proven against it.")
    }
  }

  /// Opens the chain: with --dir, through the first of its nodes that answers.
  func ledger() async throws -> RemoteLedger {
    if let dir {
      let folder = NetworkFolder(dir)
      if let member { try Self.check(member, in: folder) }
      return try await folder.ledger()
    }
    guard let node, let genesis else { throw Failure.usage("name the chain with --dir") }
    return try await RemoteLedger.open([node], genesis: URL(filePath: genesis))
  }

  /// Whether a member was named, by --as or --key.
  var namesMember: Bool { member != nil || key != nil }

  /// The member who acts.
  /// - Parameter role: Without --as, the first member of the network folder with this purpose.
  func identity(default defaultMember: String? = nil) throws -> Identity {
    if let key {
      return try Identity.open(URL(filePath: key), passphrase: try passphraseURL())
    }
    guard let dir else { throw Failure.usage("name the key file of the member with --key FILE") }
    let folder = NetworkFolder(dir)
    guard let member = member ?? defaultMember else {
      throw Failure.usage("name the member who acts with --as MEMBER")
    }
    try Self.check(member, in: folder)
    return try Identity.open(folder.key(of: member), passphrase: try passphraseURL())
  }

  private static func check(_ member: String, in folder: NetworkFolder) throws {
    let members = try folder.readManifest().members
    guard members.contains(member) else {
      throw Failure.usage(
        "'\(member)' is not a member with a key in \(folder.keys.path): use one of "
          + members.joined(separator: ", "))
    }
  }

  private func passphraseURL() throws -> URL {
    if let passphraseFile { return URL(filePath: passphraseFile) }
    guard let dir else {
      throw Failure.usage("name the key's passphrase with --passphrase-file FILE")
    }
    return NetworkFolder(dir).passphrase
  }
}

extension NetworkFolder {
  /// Opens the chain through the first of its nodes that answers.
  func ledger() async throws -> RemoteLedger {
    try await RemoteLedger.open(try readManifest().nodes.map(\.url), genesis: genesis)
  }
}

extension RemoteLedger {
  /// Opens a chain through the first of these nodes that answers.
  static func open(_ urls: [String], genesis document: URL) async throws -> RemoteLedger {
    let genesis = try Genesis(file: document)
    for url in urls.dropLast() {
      let probe = try NodeConnection(url: url, timeout: .seconds(2))
      let isUp = await probe.answers()
      await probe.close()
      if isUp { return try RemoteLedger(connection: NodeConnection(url: url), genesis: genesis) }
    }
    guard let last = urls.last else { throw Failure.usage("\(document.path): no node is named") }
    return try RemoteLedger(connection: NodeConnection(url: last), genesis: genesis)
  }
}

extension Genesis {
  /// Reads a genesis document.
  init(file: URL) throws {
    let document = try Files.read(file)
    do { try self.init(document: document) } catch {
      throw Failure.refused("\(file.path): \(error)")
    }
  }
}

extension Identity {
  static func open(_ file: URL, passphrase passphraseFile: URL) throws -> Identity {
    let text = String(decoding: try Files.read(file), as: UTF8.self)
    var passphrase = try Files.read(passphraseFile)
    if passphrase.last == 0x0a { passphrase.removeLast() }
    do {
      return try Identity(keyFile: text, passphrase: SecretBytes(copying: passphrase))
    } catch .wrongPassphrase {
      throw Failure.refused("the passphrase in \(passphraseFile.path) does not open \(file.path)")
    } catch {
      throw Failure.refused("\(file.path) is not a usable key file: \(error)")
    }
  }
}

extension NodeConnection {
  /// Whether the node is there and answers.
  fileprivate func answers() async -> Bool {
    do throws(ClientFault) {
      _ = try await status()
      return true
    } catch {
      return false
    }
  }
}

/// Runs the body of a command with the connection closed afterwards and errors given exit codes.
func withLedger(
  _ options: ConnectionOptions, _ body: (RemoteLedger) async throws -> Void
) async throws {
  let ledger: RemoteLedger
  do { ledger = try await options.ledger() } catch { throw Failure(error) }
  do {
    try await body(ledger)
  } catch {
    await ledger.connection.close()
    throw Failure(error)
  }
  await ledger.connection.close()
}

/// The wall clock, milliseconds since 1970.
func nowMs() -> UInt64 { UInt64(Date().timeIntervalSince1970 * 1_000) }

/// The time so many seconds from now, milliseconds since 1970. One that no number holds is the
/// last of all, which chains refuse as too late.
func timeMs(inSeconds seconds: UInt64) -> UInt64 {
  let (milliseconds, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000)
  let (time, isTooLate) = nowMs().addingReportingOverflow(milliseconds)
  return isTooLong || isTooLate ? .max : time
}

/// A packet's --timeout-seconds: what terms of a channel can allow at most.
func checkTimeout(seconds: UInt64) throws {
  let most = Channel.timeoutMs.upperBound / 1_000
  guard 1...most ~= seconds else {
    throw ValidationError(
      "--timeout-seconds is \(seconds): use 1 to \(most), and no more than the channel's terms "
        + "allow ('yilian channel status').")
  }
}
