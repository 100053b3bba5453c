//! `soma.rpc.TransactionExecutionService`.

use crate::services::answer::executed_to_proto;
use crate::services::errors::ApiError;
use crate::services::mask::Selection;
use crate::services::node::Node;
use rpc::convert::IdForm;
use rpc::proto::soma::simulate_transaction_request::TransactionChecks;
use rpc::proto::soma::transaction_execution_service_server::TransactionExecutionService;
use rpc::proto::soma::{
    ExecuteTransactionRequest, ExecuteTransactionResponse, SimulateTransactionRequest,
    SimulateTransactionResponse, Transaction,
};
use std::sync::Arc;
use tonic::{Code, Request, Response, Status};
use wasm_core::tx::TransactionData;
use wasm_core::tx::sign::{SignedTransaction, UserSignature};

/// Executes and simulates.
#[derive(Debug)]
pub(crate) struct ExecutionService {
    node: Arc<Node>,
}

impl ExecutionService {
    pub(crate) const fn new(node: Arc<Node>) -> Self {
        Self { node }
    }

    fn execute(
        &self,
        request: &ExecuteTransactionRequest,
    ) -> Result<ExecuteTransactionResponse, ApiError> {
        let mask = request.read_mask.as_ref();
        let selection =
            Selection::checked(mask, "ExecutedTransaction", "effects")?.without_bare("objects");
        let transaction = read_transaction(request.transaction.as_ref())?;
        let signature = read_signature(&request.signatures)?;
        let executed = self.node.execute(&SignedTransaction { transaction, signature })?;
        let answer = executed_to_proto(&executed, IdForm::Prefixed);
        Ok(ExecuteTransactionResponse {
            transaction: Some(selection.of("ExecutedTransaction", answer)),
        })
    }

    fn simulate(
        &self,
        request: &SimulateTransactionRequest,
    ) -> Result<SimulateTransactionResponse, ApiError> {
        let selection = Selection::unchecked(request.read_mask.as_ref(), Selection::Everything);
        let transaction = read_transaction(request.transaction.as_ref())?;
        let checks = match request.checks.map_or(Ok(TransactionChecks::Enabled), TryFrom::try_from)
        {
            Ok(TransactionChecks::Enabled) => true,
            Ok(TransactionChecks::Disabled) => false,
            Err(_) => return Err(ApiError::invalid("checks", "unknown kind of checks")),
        };
        // Whatever is wrong with the inputs is Internal here, as the node has it.
        let executed = self
            .node
            .ledger()
            .simulate(&transaction, checks)
            .map_err(|error| ApiError::new(Code::Internal, error))?;
        if !selection.wants("transaction") {
            return Ok(SimulateTransactionResponse::default());
        }
        let selection = selection.below("transaction").without_bare("objects");
        let answer = executed_to_proto(&executed, IdForm::Prefixed);
        Ok(SimulateTransactionResponse {
            transaction: Some(selection.of("ExecutedTransaction", answer)),
        })
    }
}

fn read_transaction(message: Option<&Transaction>) -> Result<TransactionData, ApiError> {
    let message = message.ok_or_else(|| ApiError::missing("transaction"))?;
    let transaction = TransactionData::try_from(message).map_err(|error| {
        let (field, reason) = (error.field(), error.reason());
        let text = "invalid transaction: error converting from protobuf";
        ApiError::invalid("transaction", format!("{text}: field: {field} reason: {reason}"))
    })?;
    if transaction.kind().is_system() {
        let name = transaction.kind().name();
        let text = format!("invalid transaction: {name} is sent by the system only");
        return Err(ApiError::invalid("transaction", text));
    }
    Ok(transaction)
}

fn read_signature(messages: &[rpc::proto::soma::UserSignature]) -> Result<UserSignature, ApiError> {
    let read = |(place, message)| {
        UserSignature::try_from(message).map_err(|error| {
            let text = format!("invalid signature: {error}");
            ApiError::invalid(format!("signatures[{place}]"), text)
        })
    };
    let signatures: Vec<_> = messages.iter().enumerate().map(read).collect::<Result<_, _>>()?;
    let count = signatures.len();
    match <[UserSignature; 1]>::try_from(signatures) {
        Ok([signature]) => Ok(signature),
        Err(_) => Err(crate::admission::AdmissionError::SignatureCount { actual: count }.into()),
    }
}

#[tonic::async_trait]
impl TransactionExecutionService for ExecutionService {
    async fn execute_transaction(
        &self,
        request: Request<ExecuteTransactionRequest>,
    ) -> Result<Response<ExecuteTransactionResponse>, Status> {
        Ok(Response::new(self.execute(request.get_ref())?))
    }

    async fn simulate_transaction(
        &self,
        request: Request<SimulateTransactionRequest>,
    ) -> Result<Response<SimulateTransactionResponse>, Status> {
        Ok(Response::new(self.simulate(request.get_ref())?))
    }
}
