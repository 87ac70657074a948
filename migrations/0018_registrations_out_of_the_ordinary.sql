-- Of a model with very many versions, those with a stage, and registrations that failed, are few: they are found without reading the others.
CREATE INDEX registrations_out_of_the_ordinary ON registrations (model, version) WHERE stage <> 'None' OR status <> 'ready';
