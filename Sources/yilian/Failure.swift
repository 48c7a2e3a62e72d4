internal import Cryptography
internal import EInvoice
internal import LedgerClient
internal import LedgerModel
internal import LightVerifier
internal import NetworkLayout

/// Why a command did not do what was asked, with the program's exit code.
struct Failure: Error {
  let message: String
  let exitCode: Int32

  static func refused(_ message: String) -> Failure { Failure(message: message, exitCode: 1) }
  static func usage(_ message: String) -> Failure { Failure(message: message, exitCode: 2) }
  static func unreachable(_ message: String) -> Failure { Failure(message: message, exitCode: 3) }

  init(message: String, exitCode: Int32) {
    self.message = message
    self.exitCode = exitCode
  }

  /// Gives any error of the libraries its exit code.
  init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let fault as LedgerClientFault: self.init(fault)
    case let fault as ClientFault: self.init(LedgerClientFault.node(fault))
    case let fault as LayoutFault: self = .usage("\(fault)")
    case let fault as ModelFault: self = .refused("\(fault)")
    case let fault as CryptographyFault: self = .refused("\(fault)")
    default: self = .refused("\(error)")
    }
  }

  init(_ fault: LedgerClientFault) {
    switch fault {
    case .node(.unreachable), .node(.timedOut): self = .unreachable("\(fault)")
    default: self = .refused("\(fault)")
    }
  }
}
