public import ContractEngine
internal import Cryptography
public import LedgerModel

/// Medical fiscal e-invoices: recorded once, reversed once, reimbursed never above their amount.
///
/// Rules I1 to I18 are in docs/spec/07-invoices.md; README.md lists methods, roles and limits.
public enum InvoiceContract {
  /// What calls name.
  public static let name = "invoice"
  /// Where invoices are kept.
  public static let namespace = "invoice"
  /// Where each payer's list of invoices is kept.
  public static let payerNamespace = "invoice.payer"

  /// Records invoices: finance gateways and hospitals.
  public static let issuer = "issuer"
  /// Locks and posts invoices: insurance funds, insurers, employers.
  public static let reimburser = "reimburser"

  /// Bounds, each far above what an invoice meets in its life.
  public enum Limit {
    /// Fen: ten billion yuan.
    public static let amount: Int64 = 1_000_000_000_000
    public static let postings = 256
    public static let grants = 256
    public static let details = 16
    public static let textBytes = 200
    /// Bytes of a code, number or posting id: an asset's key holds code, colon and number.
    public static let elementBytes = (AssetID.byteLimit - 1) / 2
    /// Longest lock, in milliseconds: a year and a day.
    public static let lockMs: UInt64 = 366 * 24 * 3_600_000
  }

  public static let contract = Contract(
    name,
    methods: [
      putBlue, putRed, putDetail, print, exchangePaper, lock, unlock, post, unpost, authorise,
      revoke,
    ])

  /// The asset of the invoice with this code and number.
  public static func asset(code: String, number: String) -> AssetID {
    AssetID(namespace: namespace, key: "\(code):\(number)")
  }

  /// The asset that lists a payer's invoices.
  /// - Parameter tag: Blind index of the person or unit.
  public static func payerAsset(tag: [UInt8]) -> AssetID {
    AssetID(namespace: payerNamespace, key: tag.hex)
  }
}
