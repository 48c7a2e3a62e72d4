public import Cryptography
public import EInvoice
internal import LedgerModel

/// Tags by which members who hold the chain's index key find persons and check invoices, and which
/// tell nobody else anything (D12).
///
/// - Source: docs/spec/10-sealing.md, rules C7 and C8.
public struct BlindIndex: Sendable {
  private let key: SecretBytes
  private let suite: any CryptoSuite

  /// - Parameter key: 32 bytes, the same for all members of a chain.
  public init(key: SecretBytes, suite: any CryptoSuite) {
    self.key = key
    self.suite = suite
  }

  /// The tag of a person or unit: HMAC(key, domain ‖ type ‖ identifier).
  public func payer(_ type: Invoice.PayerType, identifier: String) -> Digest {
    let kind: UInt8 =
      switch type {
      case .person: 1
      case .unit: 2
      }
    return tag(.blindPerson, [kind] + Array(identifier.utf8))
  }

  /// The tag of the five elements (五要素): HMAC(key, domain ‖ each element ‖ 0).
  /// - Parameter date: yyyymmdd.
  public func elements(
    code: String, number: String, checkCode: String, date: UInt32, amountFen: Int64
  ) -> Digest {
    tag(
      .blindElements,
      [code, number, checkCode, "\(date)", "\(amountFen)"].flatMap { Array($0.utf8) + [0] })
  }

  private func tag(_ domain: Domain, _ content: [UInt8]) -> Digest {
    let message = [domain.rawValue] + content
    return suite.authenticate(message.span, key: key)
  }
}
