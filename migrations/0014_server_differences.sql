-- Which versions the server itself found to predict otherwise: few, among a proof of the server for every version.
CREATE INDEX proofs_of_server_that_differ ON proofs (model, version) WHERE prover = 'server' AND outcome = 'different';
