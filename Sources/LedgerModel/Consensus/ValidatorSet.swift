public import Cryptography

/// One voting node as the chain registers it.
public struct Validator: Sendable {
  /// A name for people, unique in its set.
  public let name: String
  /// The key its votes are checked with.
  public let publicKey: PublicKey

  /// Checks nothing; `ValidatorSet` does.
  public init(name: String, publicKey: PublicKey) {
    self.name = name
    self.publicKey = publicKey
  }
}

/// The validators of one epoch, in the order that gives each its index.
public struct ValidatorSet: Sendable {
  /// Bytes of the longest name.
  public static let nameBytesMax = 64
  /// The domain of a set's digest.
  private static let domain: UInt8 = 0x25

  /// The members; a validator's index is its place here.
  public let validators: [Validator]
  /// Thresholds and leaders of a set of this size.
  public let committee: Committee

  /// - Throws: `ValidatorSetFault` for a wrong number of validators, an empty, long or repeated
  ///   name, or a key that occurs twice: it would give one holder two votes.
  public init(_ validators: [Validator]) throws(ValidatorSetFault) {
    guard let committee = Committee(count: validators.count) else {
      throw .count(validators.count)
    }
    for (index, validator) in validators.enumerated() {
      guard 1...Self.nameBytesMax ~= validator.name.utf8.count else {
        throw .nameLength(index: index)
      }
      for (other, earlier) in validators[..<index].enumerated() {
        if earlier.name == validator.name { throw .repeatedName(other, index) }
        if earlier.publicKey.encoded == validator.publicKey.encoded {
          throw .repeatedKey(other, index)
        }
      }
    }
    self.validators = validators
    self.committee = committee
  }

  /// Validators that may be faulty, `f`.
  public var maxFaulty: Int { committee.maxFaulty }
  /// Votes that make a certificate.
  public var quorum: Int { committee.quorum }

  /// Index of the validator that proposes in `view`.
  public func leader(epoch: UInt64, view: UInt64) -> Int {
    committee.leader(epoch: epoch, view: view)
  }

  /// What a header commits to. It covers the epoch, so that a header's two digests differ if and
  /// only if its block ends the epoch, even when the same validators stay:
  ///
  ///     hash(0x25 ‖ epoch 8 ‖ count 1 ‖ for each: name length 2 ‖ name ‖ key length 2 ‖ key)
  public func hash(epoch: UInt64, suite: any CryptoSuite) -> Digest {
    var bytes = epoch.bigEndianBytes + [UInt8(validators.count)]
    for validator in validators {
      let name = Array(validator.name.utf8)
      let key = validator.publicKey.encoded
      bytes += UInt16(name.count).bigEndianBytes + name
      bytes += UInt16(key.count).bigEndianBytes + key
    }
    return suite.hash(domain: Self.domain, bytes.span)
  }
}

/// Why validators do not form a set.
public enum ValidatorSetFault: Error, Hashable, Sendable {
  /// There must be 1 ... 31.
  case count(Int)
  /// A name must have 1 ... 64 bytes of UTF-8.
  case nameLength(index: Int)
  /// Two validators have one name.
  case repeatedName(Int, Int)
  /// Two validators have one key.
  case repeatedKey(Int, Int)
}
