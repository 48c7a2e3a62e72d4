internal import BuiltinContracts
internal import Cryptography
internal import LedgerModel

/// A proven receipt in words.
struct ReceiptOutcome: Encodable {
  var transaction: String
  var height: UInt64
  var contract: String
  var method: String
  var done: Bool
  var code: String?
  var field: String?
  var value: String?
  var remedy: String?

  init(_ receipt: Receipt) {
    transaction = receipt.transactionID.hex
    height = receipt.height
    contract = receipt.contract
    method = receipt.method
    done = receipt.isDone
    if case .refused(let refused) = receipt.outcome {
      code = refused.code
      field = refused.field
      value = refused.value
      remedy = BuiltinContracts.code(refused.code)?.remedy ?? "see the contract's README"
    }
  }

  /// `code: field is 'value': remedy`
  var sentence: String {
    "\(code ?? ""): \(field ?? "") is '\(value ?? "")': \(remedy ?? "")"
  }
}
