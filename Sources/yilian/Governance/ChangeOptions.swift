internal import ArgumentParser
internal import Cryptography
internal import Foundation
internal import LedgerClient
internal import LedgerModel
internal import NetworkLayout
internal import SwiftProtobuf
internal import Wire

/// What a proposal changes. They take effect in the order in which they stand here; --changes gives
/// any other.
struct ChangeOptions: ParsableArguments {
  @Option(parsing: .upToNextOption, help: "NAME KEY: a validator; KEY is a key file or hex.")
  var addValidator: [String] = []
  @Option(help: "NAME of a validator.")
  var removeValidator: [String] = []
  @Option(parsing: .upToNextOption, help: "NAME KEY: a validator's new key.")
  var replaceValidatorKey: [String] = []
  @Option(parsing: .upToNextOption, help: "NAME KEY: a node that follows without a vote.")
  var addObserver: [String] = []
  @Option(help: "NAME of an observer.")
  var removeObserver: [String] = []
  @Option(help: "ID of a new organisation.")
  var addOrganisation: String?
  @Option(help: "The new organisation's name (its id without this).")
  var organisationName: String?
  @Option(help: "The new organisation's region: six digits, or nothing for everywhere.")
  var region = ""
  @Option(help: "ORGANISATION whose members may no longer act.")
  var suspendOrganisation: [String] = []
  @Option(help: "ORGANISATION whose members may act again.")
  var reinstateOrganisation: [String] = []
  @Option(help: "FILE.json: {\"organisation\", \"roles\", \"region\", \"key\": key file}.")
  var addMember: [String] = []
  @Option(help: "MEMBER who may no longer act.")
  var suspendMember: [String] = []
  @Option(help: "MEMBER who may act again.")
  var reinstateMember: [String] = []
  @Option(parsing: .upToNextOption, help: "MEMBER ROLE...: the roles that it has from then on.")
  var setRoles: [String] = []
  @Option(help: "NAME=VALUE of a setting, e.g. heartbeat_ms=5000.")
  var set: [String] = []
  @Option(help: "FILE.json: {\"changes\": [...]} in protobuf JSON, for every other change.")
  var changes: String?

  /// - Throws: `Failure` for what cannot be understood, or if nothing is to be changed.
  func read(on ledger: RemoteLedger) async throws -> [WireChange] {
    let suite = ledger.suite
    var kinds: [WireChange.OneOf_Kind] = []
    kinds += removeObserver.map { .removeObserver($0) }
    kinds += removeValidator.map { .removeValidator($0) }
    kinds += try Self.nodes(replaceValidatorKey, "--replace-validator-key", suite)
      .map { .replaceValidatorKey($0) }
    kinds += try Self.nodes(addValidator, "--add-validator", suite).map { .addValidator($0) }
    kinds += try Self.nodes(addObserver, "--add-observer", suite).map { .addObserver($0) }
    if let addOrganisation {
      var record = WireOrganisationRecord()
      record.id = addOrganisation
      record.name = organisationName ?? addOrganisation
      record.region = region
      kinds.append(.addOrganisation(record))
    }
    kinds += suspendOrganisation.map { .suspendOrganisation($0) }
    kinds += reinstateOrganisation.map { .reinstateOrganisation($0) }
    kinds += try addMember.map { .addMember(try NewMember(file: $0).record(suite)) }
    kinds += suspendMember.map { .suspendMember($0) }
    kinds += reinstateMember.map { .reinstateMember($0) }
    if let member = setRoles.first {
      var roles = WireMemberRoles()
      roles.member = member
      roles.roles = Array(setRoles.dropFirst())
      kinds.append(.setMemberRoles(roles))
    }
    if !set.isEmpty {
      let current = try await ledger.settings()
      kinds.append(.setSettings(try Self.settings(set, from: current)))
    }
    let all = try kinds.map(Self.change) + others()
    guard !all.isEmpty else {
      throw Failure.usage("name at least one change: see 'yilian governance propose --help'")
    }
    return all
  }

  private static func change(_ kind: WireChange.OneOf_Kind) -> WireChange {
    var change = WireChange()
    change.kind = kind
    return change
  }

  private static func nodes(
    _ words: [String], _ option: String, _ suite: any CryptoSuite
  ) throws -> [WireValidatorRecord] {
    guard words.count.isMultiple(of: 2) else {
      throw Failure.usage("\(option) needs a name and a key: \(words.joined(separator: " "))")
    }
    return try stride(from: 0, to: words.count, by: 2).map { index in
      var record = WireValidatorRecord()
      record.name = words[index]
      record.signingKey = try signingKey(words[index + 1], suite).data
      return record
    }
  }

  /// A public key, from a key file or in hexadecimal digits.
  private static func signingKey(_ text: String, _ suite: any CryptoSuite) throws -> [UInt8] {
    let bytes: [UInt8]
    if FileManager.default.fileExists(atPath: text) {
      bytes = try KeyFile.readPublic(
        String(decoding: try Files.read(URL(filePath: text)), as: UTF8.self)
      ).signing.encoded
    } else if let digits = [UInt8](hex: text) {
      bytes = digits
    } else {
      throw Failure.usage("'\(text)' is neither a key file nor a key in hexadecimal digits")
    }
    do {
      return try suite.publicKey(bytes, use: .signing).encoded
    } catch {
      throw Failure.usage("'\(text)' is no signing key of suite \(suite.id.name)")
    }
  }

  /// The settings that hold, with some changed.
  private static func settings(
    _ words: [String], from current: ChainSettings
  ) throws -> WireSettings {
    var settings = current.wire
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let value = UInt64(parts[1]) else {
        throw Failure.usage("--set is '\(word)': use NAME=NUMBER")
      }
      switch parts[0] {
      case "heartbeat_ms": settings.heartbeatMs = value
      case "block_calls": settings.blockCalls = value
      case "block_bytes": settings.blockBytes = value
      case "pool_transactions_per_member": settings.poolTransactionsPerMember = value
      case "pool_bytes_per_member": settings.poolBytesPerMember = value
      default:
        throw Failure.usage(
          "--set names '\(parts[0])': use heartbeat_ms, block_calls, block_bytes, "
            + "pool_transactions_per_member or pool_bytes_per_member")
      }
    }
    return settings
  }

  private func others() throws -> [WireChange] {
    guard let changes else { return [] }
    let bytes = try Files.read(URL(filePath: changes))
    do {
      return try WirePropose(jsonUTF8Bytes: bytes).changes
    } catch {
      throw Failure.usage("\(changes) is not {\"changes\": [...]} in protobuf JSON: \(error)")
    }
  }
}
