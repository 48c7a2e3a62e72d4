internal import Cryptography
internal import Foundation
internal import NetworkLayout
internal import Wire

/// Makes key pairs and writes their encrypted files.
struct KeyMaker {
  let suiteID: SuiteID
  let passphrase: SecretBytes

  func node(
    _ configuration: NodeConfiguration, home: URL
  ) throws -> WireValidatorRecord {
    let signing = try pair(configuration.name, to: home.appending(path: configuration.key)).signing
    var record = WireValidatorRecord()
    record.name = configuration.name
    record.signingKey = signing.encoded.data
    return record
  }

  func member(
    _ member: Participants.Member, indexKey: SecretBytes, file: URL
  ) throws -> WireMemberRecord {
    let (signing, sealing) = try pair(member.id, to: file)
    var record = WireMemberRecord()
    record.id = member.id
    record.organisation = member.organisation
    record.roles = member.roles
    record.region = member.region
    record.signingKey = signing.encoded.data
    record.sealingKey = sealing.encoded.data
    if member.indexKey {
      record.wrappedIndexKey = try suiteID.suite.wrap(indexKey, to: sealing).data
    }
    return record
  }

  /// Makes two key pairs and their file.
  func pair(
    _ name: String, to file: URL
  ) throws -> (signing: PublicKey, sealing: PublicKey) {
    let suite = suiteID.suite
    let signing = try suite.generateSigningKey()
    let sealing = try suite.generateSealingKey()
    let text = try KeyFile.encode(
      name: name, suite: suiteID, signing: signing, sealing: sealing, passphrase: passphrase)
    try Files.write(Array(text.utf8), to: file, isSecret: true)
    return (signing.publicKey, sealing.publicKey)
  }
}
