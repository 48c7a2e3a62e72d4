public import Cryptography
internal import Foundation
internal import SwiftProtobuf
public import Wire

/// The first state of a chain, from which everything else is proven.
///
/// - Source: docs/spec/06-registry.md, rules G1 to G4.
public struct Genesis: Sendable {
  public let name: String
  public let suiteID: SuiteID
  public let timeMs: UInt64
  public let validators: ValidatorSet
  public let observers: ObserverSet
  public let organisations: [WireOrganisationRecord]
  public let members: [Member]
  public let settings: ChainSettings
  /// Hash of the document's bytes; every signed message covers it.
  public let chainID: Digest
  /// The document as received.
  public let document: [UInt8]

  public var suite: any CryptoSuite { suiteID.suite }

  /// Reads a genesis document: the protobuf JSON form of `Genesis`, hashed byte for byte.
  public init(document: [UInt8]) throws(ModelFault) {
    guard document.count <= Limits.genesisBytes else {
      throw .wire(
        .tooLarge(message: "Genesis", bytes: document.count, limit: Limits.genesisBytes))
    }
    let wire: WireGenesis
    do {
      wire = try WireGenesis(jsonUTF8Bytes: document)
    } catch {
      throw .invalid(
        field: "genesis", value: "\(document.count) bytes",
        remedy: "it is no genesis document (\(error)): use the file that the chain was made from")
    }
    guard wire.format == 1 else {
      throw .invalid(
        field: "genesis.format", value: "\(wire.format)", remedy: "this version reads format 1")
    }
    guard let suiteID = SuiteID(name: wire.suite) else {
      throw .invalid(field: "genesis.suite", value: wire.suite, remedy: "use sm, intl or nist")
    }
    let suite = suiteID.suite
    self.suiteID = suiteID
    self.document = document
    chainID = suite.hash(.genesis, document)
    name = try wire.name.checkedName(field: "genesis.name")
    timeMs = wire.timeMs
    var validators: [Validator] = []
    for validator in wire.validators {
      let name = try validator.name.checkedName(field: "genesis.validators.name")
      validators.append(
        Validator(
          name: name,
          publicKey: try suite.key(
            validator.signingKey.octets, use: .signing, field: "genesis.validators.\(name)")))
    }
    do {
      self.validators = try ValidatorSet(validators)
    } catch {
      throw .invalid(
        field: "genesis.validators", value: "\(validators.count)",
        remedy: "name 1 to 31 validators, each once: \(error)")
    }
    observers = try ObserverSet(
      wire.observers, beside: self.validators, suite: suite, field: "genesis.observers")
    var names: Set<String> = []
    for organisation in wire.organisations {
      let id = try organisation.id.checkedName(field: "genesis.organisations.id")
      guard names.insert(id).inserted else {
        throw .invalid(
          field: "genesis.organisations", value: id, remedy: "name each organisation once")
      }
    }
    guard names.count <= Roster.organisationsMax else {
      throw .invalid(
        field: "genesis.organisations", value: "\(names.count)",
        remedy: "name at most \(Roster.organisationsMax)")
    }
    organisations = wire.organisations
    var members: [Member] = []
    for member in wire.members {
      let member = try Member(member)
      guard !members.contains(where: { $0.id == member.id }) else {
        throw .invalid(field: "genesis.members", value: member.id, remedy: "name each member once")
      }
      guard organisations.contains(where: { $0.id == member.organisation }) else {
        throw .invalid(
          field: "genesis.members.\(member.id).organisation", value: member.organisation,
          remedy: "name an organisation of this document")
      }
      _ = try suite.key(
        member.signingKey, use: .signing, field: "genesis.members.\(member.id).signing_key")
      _ = try suite.key(
        member.sealingKey, use: .sealing, field: "genesis.members.\(member.id).sealing_key")
      members.append(member)
    }
    self.members = members
    settings = wire.hasSettings ? try ChainSettings(wire.settings) : .standard
  }

  /// Writes a document that `init(document:)` reads.
  public static func document(_ wire: WireGenesis) -> [UInt8] {
    do {
      var options = JSONEncodingOptions()
      options.preserveProtoFieldNames = true
      let compact: [UInt8] = try wire.jsonUTF8Bytes(options: options)
      let object = try JSONSerialization.jsonObject(with: Data(compact))
      return [UInt8](
        try JSONSerialization.data(withJSONObject: object, options: [.prettyPrinted, .sortedKeys]))
        + [0x0a]
    } catch {
      preconditionFailure("a Genesis message always has a JSON form: \(error)")
    }
  }
}

extension CryptoSuite {
  fileprivate func key(
    _ bytes: [UInt8], use: KeyUse, field: String
  ) throws(ModelFault) -> PublicKey {
    do {
      return try publicKey(bytes, use: use)
    } catch {
      throw .invalid(
        field: field, value: bytes.prefix(40).hex,
        remedy: "it is not a public key of suite \(id.name)")
    }
  }
}
