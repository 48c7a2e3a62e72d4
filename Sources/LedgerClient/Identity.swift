public import Cryptography
internal import LedgerModel

/// A member with the private keys to sign and to open sealed content.
public struct Identity: Sendable {
  /// The member's id on the chain.
  public let member: String
  let signing: PrivateKey
  let sealing: PrivateKey

  /// Opens a key file.
  public init(keyFile text: String, passphrase: SecretBytes) throws(CryptographyFault) {
    let file = try KeyFile.decode(text, passphrase: passphrase)
    self.init(member: file.identity.name, signing: file.signing, sealing: file.sealing)
  }

  public init(member: String, signing: PrivateKey, sealing: PrivateKey) {
    self.member = member
    self.signing = signing
    self.sealing = sealing
  }
}
