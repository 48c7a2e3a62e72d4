public import ContractEngine
public import LedgerModel

/// The contracts that every chain runs.
public enum BuiltinContracts {
  /// In the order of the documentation.
  public static let all: [Contract] = [
    InvoiceContract.contract, GovernanceContract.contract, RelayContract.contract,
  ]

  /// The refusal code of this name, with its remedy, for whoever shows receipts to people.
  public static func code(_ name: String) -> Refusal.Code? {
    Refusal.Code(ledger: name)
      ?? (InvoiceContract.codes + InvoiceContract.relayedCodes + GovernanceContract.codes
      + RelayContract.codes + RelayContract.messageCodes).first { $0.name == name }
  }
}
