public import Cryptography
internal import Foundation
internal import GatewayKit
internal import LedgerModel
internal import SwiftProtobuf
internal import Wire

/// A request or an answer as it travels: encrypted for the other end, signed by this one, in JSON.
///
///     binding    2f ‖ version 1 ‖ kind 1 ‖ length 1 ‖ sender ‖ length 1 ‖ recipient ‖ request 32
///     sealed     nonce ‖ AEAD(data key, payload; binding)
///     signature  over H(binding ‖ length of wrapped key 4 ‖ wrapped key ‖ sealed)
///
/// `request` is, in an answer, what was signed in the request; in a request it is zero. So an
/// answer answers one request only, and a request can only be repeated, which has no effect.
/// - Source: docs/spec/22-gateways.md, rules A15 to A18.
public struct SealedEnvelope: Sendable {
  /// As it is sent.
  public let bytes: [UInt8]
  /// What is signed; an answer to this envelope names it.
  public let digest: Digest
  /// What is encrypted: a `Request` or an `Answer` of gateway.proto in JSON.
  public let payload: [UInt8]

  /// Most bytes of an envelope: a page of the largest documents, in base64 twice.
  public static let bytesMax = 20 * 1_024 * 1_024

  private static let version: UInt32 = 1

  private enum Kind: UInt8 {
    case request = 1
    case answer = 2
  }

  /// Encrypts and signs.
  /// - Parameter request: What is answered; `nil` for a request.
  public init(
    sealing payload: [UInt8], answering request: Digest? = nil, with keys: EnvelopeKeys
  ) throws(EnvelopeFault) {
    var envelope = WireGatewayEnvelope()
    envelope.version = Self.version
    envelope.sender = keys.identity.name
    envelope.recipient = keys.peer.name
    envelope.keyID = Member.keyID(of: keys.peer.sealing.encoded, suite: keys.suite).data
    do {
      let suite = keys.suite
      let binding = Self.binding(from: keys.identity, to: keys.peer, answering: request)
      let key = SecretBytes(randomByteCount: suite.symmetricKeyByteCount)
      let nonce = randomBytes(suite.nonceByteCount)
      let wrapped = try suite.wrap(key, to: keys.peer.sealing)
      let sealed =
        try nonce
        + suite.seal(payload.span, key: key, nonce: nonce, authenticating: binding.span)
      digest = Self.digest(binding, wrapped, sealed, suite)
      envelope.wrappedKey = wrapped.data
      envelope.sealed = sealed.data
      envelope.signature = try suite.sign(digest.bytes.span, with: keys.signing).bytes.data
    } catch {
      throw .cryptography(error)
    }
    bytes = JSONForm.encode(envelope)
    self.payload = payload
  }

  /// Checks who signed what, and only then decrypts it.
  /// - Parameter request: What must be answered; `nil` for a request.
  public init(
    opening bytes: [UInt8], answering request: Digest? = nil, with keys: EnvelopeKeys
  ) throws(EnvelopeFault) {
    let envelope = try JSONForm.decode(WireGatewayEnvelope.self, bytes, limit: Self.bytesMax)
    func require(_ isRight: Bool, _ field: String, _ value: String) throws(EnvelopeFault) {
      guard isRight else { throw .wrong(field: field, value: String(value.prefix(80))) }
    }
    try require(envelope.version == Self.version, "version", "\(envelope.version)")
    try require(envelope.sender == keys.peer.name, "sender", envelope.sender)
    try require(envelope.recipient == keys.identity.name, "recipient", envelope.recipient)
    let suite = keys.suite
    let keyID = Member.keyID(of: keys.identity.sealing.encoded, suite: suite)
    try require(envelope.keyID.octets == keyID, "key_id", envelope.keyID.octets.prefix(40).hex)
    let (wrapped, sealed) = (envelope.wrappedKey.octets, envelope.sealed.octets)
    let binding = Self.binding(from: keys.peer, to: keys.identity, answering: request)
    digest = Self.digest(binding, wrapped, sealed, suite)
    guard let signature = Signature(envelope.signature.octets),
      suite.isValid(signature, of: digest.bytes.span, by: keys.peer.signing)
    else { throw .notSigned(by: keys.peer.name) }
    do {
      let key = try suite.unwrap(wrapped, with: keys.sealing)
      let nonce = Array(sealed.prefix(suite.nonceByteCount))
      let ciphertext = Array(sealed.dropFirst(suite.nonceByteCount))
      payload = try suite.open(
        ciphertext.span, key: key, nonce: nonce, authenticating: binding.span
      ).copyBytes()
    } catch {
      throw .notOpened(error)
    }
    self.bytes = bytes
  }

  private static func binding(
    from sender: PublicIdentity, to recipient: PublicIdentity, answering request: Digest?
  ) -> [UInt8] {
    let kind = request == nil ? Kind.request : .answer
    var bytes = [Domain.gatewayEnvelope.rawValue, UInt8(version), kind.rawValue]
    for name in [sender.name, recipient.name] {
      // A name has at most 128 bytes.
      bytes += [UInt8(truncatingIfNeeded: name.utf8.count)] + Array(name.utf8)
    }
    return bytes + (request ?? .zero).bytes
  }

  /// The binding begins with the domain.
  private static func digest(
    _ binding: [UInt8], _ wrapped: [UInt8], _ sealed: [UInt8], _ suite: any CryptoSuite
  ) -> Digest {
    let message = binding + UInt32(wrapped.count).bigEndianBytes + wrapped + sealed
    return suite.hash(message.span)
  }
}

/// Why an envelope is not believed.
public enum EnvelopeFault: Error, Hashable, Sendable {
  /// Not JSON, or not the message.
  case malformed(message: String, reason: String)
  case tooLarge(bytes: Int, limit: Int)
  /// A field names something else than it should.
  case wrong(field: String, value: String)
  /// The signature is not that end's, over this envelope, as an answer to what was asked.
  case notSigned(by: String)
  /// The data key or the payload does not open.
  case notOpened(CryptographyFault)
  case cryptography(CryptographyFault)
}

extension EnvelopeFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformed(let message, let reason): "the bytes are not a \(message) in JSON: \(reason)"
    case .tooLarge(let bytes, let limit): "\(bytes) bytes; at most \(limit) are allowed"
    case .wrong(let field, let value):
      "\(field) is '\(value)', which is not what is configured here: compare names, keys and "
        + "version of both ends"
    case .notSigned(let name):
      "the signature is not \(name)'s over this, in answer to what was asked"
    case .notOpened(let fault): "it does not open with the own sealing key: \(fault)"
    case .cryptography(let fault): "\(fault)"
    }
  }
}
