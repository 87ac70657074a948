CREATE TABLE "experiments" (
	experiment_id INTEGER NOT NULL, 
	name VARCHAR(256) NOT NULL, 
	artifact_location VARCHAR(256), 
	lifecycle_stage VARCHAR(32), 
	creation_time BIGINT, 
	last_update_time BIGINT, 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT experiment_pk PRIMARY KEY (experiment_id), 
	CONSTRAINT experiments_lifecycle_stage CHECK (lifecycle_stage IN ('active', 'deleted')), 
	CONSTRAINT uq_experiments_workspace_name UNIQUE (workspace, name)
);
INSERT INTO experiments VALUES (0,'Default','mlflow-artifacts:/0','active',1796010808745,1796010808745,'default');
INSERT INTO experiments VALUES (1,'first','mlflow-artifacts:/1','active',1796010827020,1796010827020,'default');
INSERT INTO experiments VALUES (2,'gone','mlflow-artifacts:/2','deleted',1796010846518,1796010846640,'default');
INSERT INTO experiments VALUES (3,'other','mlflow-artifacts:/3','active',1796010846662,1796010846662,'default');
CREATE TABLE "experiment_tags" (
	"key" VARCHAR(250) NOT NULL, 
	value TEXT, 
	experiment_id INTEGER NOT NULL, 
	CONSTRAINT experiment_tag_pk PRIMARY KEY ("key", experiment_id), 
	FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id)
);
INSERT INTO experiment_tags VALUES ('team','a',1);
CREATE TABLE "runs" (
	run_uuid VARCHAR(32) NOT NULL, 
	name VARCHAR(250), 
	source_type VARCHAR(20), 
	source_name VARCHAR(500), 
	entry_point_name VARCHAR(50), 
	user_id VARCHAR(256), 
	status VARCHAR(9), 
	start_time BIGINT, 
	end_time BIGINT, 
	source_version VARCHAR(50), 
	lifecycle_stage VARCHAR(20), 
	artifact_uri VARCHAR(200), 
	experiment_id INTEGER, deleted_time BIGINT, 
	CONSTRAINT run_pk PRIMARY KEY (run_uuid), 
	CONSTRAINT source_type CHECK (source_type IN ('NOTEBOOK', 'JOB', 'LOCAL', 'UNKNOWN', 'PROJECT')), 
	CONSTRAINT runs_lifecycle_stage CHECK (lifecycle_stage IN ('active', 'deleted')), 
	FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id), 
	CHECK (status IN ('SCHEDULED', 'FAILED', 'FINISHED', 'RUNNING', 'KILLED'))
);
INSERT INTO runs VALUES ('3c8ef7a11716401b864e849402f32e98','r0','UNKNOWN','','','ann','FINISHED',1796010828286,1796010835917,'','active','mlflow-artifacts:/1/3c8ef7a11716401b864e849402f32e98/artifacts',1,NULL);
INSERT INTO runs VALUES ('a217b62e5de4434185b5203833018697','r1','UNKNOWN','','','ann','FINISHED',1796010835954,1796010840573,'','active','mlflow-artifacts:/1/a217b62e5de4434185b5203833018697/artifacts',1,NULL);
INSERT INTO runs VALUES ('e8f7efd32fc041a18e31ce85f5b55fd6','r2','UNKNOWN','','','ann','FINISHED',1796010840605,1796010846459,'','active','mlflow-artifacts:/1/e8f7efd32fc041a18e31ce85f5b55fd6/artifacts',1,NULL);
INSERT INTO runs VALUES ('89a498d424e84952803b77fe29f8d738','sedate-vole-491','UNKNOWN','','','ann','FINISHED',1796010846540,1796010846579,'','deleted','mlflow-artifacts:/2/89a498d424e84952803b77fe29f8d738/artifacts',2,1796010846646);
INSERT INTO runs VALUES ('3169f2346acd4645900fcb453ea8be6c','wistful-doe-482','UNKNOWN','','','unknown','RUNNING',1796010846670,NULL,'','deleted','mlflow-artifacts:/3/3169f2346acd4645900fcb453ea8be6c/artifacts',3,1796010846700);
CREATE TABLE "metrics" (
	"key" VARCHAR(250) NOT NULL, 
	value FLOAT NOT NULL, 
	timestamp BIGINT NOT NULL, 
	run_uuid VARCHAR(32) NOT NULL, 
	step BIGINT DEFAULT '0' NOT NULL, 
	is_nan BOOLEAN DEFAULT '0' NOT NULL, 
	CONSTRAINT metric_pk PRIMARY KEY ("key", timestamp, step, run_uuid, value, is_nan), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid), 
	CHECK (is_nan IN (0, 1))
);
INSERT INTO metrics VALUES ('loss',1.0,1796010828471,'3c8ef7a11716401b864e849402f32e98',0,0);
INSERT INTO metrics VALUES ('loss',0.5,1796010828512,'3c8ef7a11716401b864e849402f32e98',1,0);
INSERT INTO metrics VALUES ('loss',0.3333333333333333,1796010828549,'3c8ef7a11716401b864e849402f32e98',2,0);
INSERT INTO metrics VALUES ('loss',0.25,1796010828568,'3c8ef7a11716401b864e849402f32e98',3,0);
INSERT INTO metrics VALUES ('loss',0.2,1796010828590,'3c8ef7a11716401b864e849402f32e98',4,0);
INSERT INTO metrics VALUES ('loss',0.16666666666666666,1796010828609,'3c8ef7a11716401b864e849402f32e98',5,0);
INSERT INTO metrics VALUES ('loss',0.14285714285714285,1796010828624,'3c8ef7a11716401b864e849402f32e98',6,0);
INSERT INTO metrics VALUES ('loss',0.125,1796010828638,'3c8ef7a11716401b864e849402f32e98',7,0);
INSERT INTO metrics VALUES ('loss',0.1111111111111111,1796010828654,'3c8ef7a11716401b864e849402f32e98',8,0);
INSERT INTO metrics VALUES ('loss',0.1,1796010828671,'3c8ef7a11716401b864e849402f32e98',9,0);
INSERT INTO metrics VALUES ('loss',0.09090909090909091,1796010828683,'3c8ef7a11716401b864e849402f32e98',10,0);
INSERT INTO metrics VALUES ('loss',0.08333333333333333,1796010828696,'3c8ef7a11716401b864e849402f32e98',11,0);
INSERT INTO metrics VALUES ('loss',0.07692307692307693,1796010828709,'3c8ef7a11716401b864e849402f32e98',12,0);
INSERT INTO metrics VALUES ('loss',0.07142857142857142,1796010828722,'3c8ef7a11716401b864e849402f32e98',13,0);
INSERT INTO metrics VALUES ('loss',0.06666666666666667,1796010828737,'3c8ef7a11716401b864e849402f32e98',14,0);
INSERT INTO metrics VALUES ('loss',0.0625,1796010828755,'3c8ef7a11716401b864e849402f32e98',15,0);
INSERT INTO metrics VALUES ('loss',0.058823529411764705,1796010828767,'3c8ef7a11716401b864e849402f32e98',16,0);
INSERT INTO metrics VALUES ('loss',0.05555555555555555,1796010828778,'3c8ef7a11716401b864e849402f32e98',17,0);
INSERT INTO metrics VALUES ('loss',0.05263157894736842,1796010828790,'3c8ef7a11716401b864e849402f32e98',18,0);
INSERT INTO metrics VALUES ('loss',0.05,1796010828803,'3c8ef7a11716401b864e849402f32e98',19,0);
INSERT INTO metrics VALUES ('nothing',0.0,1796010828816,'3c8ef7a11716401b864e849402f32e98',0,1);
INSERT INTO metrics VALUES ('endless',1.7976931348623157e+308,1796010828831,'3c8ef7a11716401b864e849402f32e98',0,0);
INSERT INTO metrics VALUES ('loss',1.0,1796010836030,'a217b62e5de4434185b5203833018697',0,0);
INSERT INTO metrics VALUES ('loss',0.5,1796010836043,'a217b62e5de4434185b5203833018697',1,0);
INSERT INTO metrics VALUES ('loss',0.3333333333333333,1796010836057,'a217b62e5de4434185b5203833018697',2,0);
INSERT INTO metrics VALUES ('loss',0.25,1796010836070,'a217b62e5de4434185b5203833018697',3,0);
INSERT INTO metrics VALUES ('loss',0.2,1796010836085,'a217b62e5de4434185b5203833018697',4,0);
INSERT INTO metrics VALUES ('loss',0.16666666666666666,1796010836100,'a217b62e5de4434185b5203833018697',5,0);
INSERT INTO metrics VALUES ('loss',0.14285714285714285,1796010836117,'a217b62e5de4434185b5203833018697',6,0);
INSERT INTO metrics VALUES ('loss',0.125,1796010836135,'a217b62e5de4434185b5203833018697',7,0);
INSERT INTO metrics VALUES ('loss',0.1111111111111111,1796010836148,'a217b62e5de4434185b5203833018697',8,0);
INSERT INTO metrics VALUES ('loss',0.1,1796010836165,'a217b62e5de4434185b5203833018697',9,0);
INSERT INTO metrics VALUES ('loss',0.09090909090909091,1796010836177,'a217b62e5de4434185b5203833018697',10,0);
INSERT INTO metrics VALUES ('loss',0.08333333333333333,1796010836193,'a217b62e5de4434185b5203833018697',11,0);
INSERT INTO metrics VALUES ('loss',0.07692307692307693,1796010836208,'a217b62e5de4434185b5203833018697',12,0);
INSERT INTO metrics VALUES ('loss',0.07142857142857142,1796010836226,'a217b62e5de4434185b5203833018697',13,0);
INSERT INTO metrics VALUES ('loss',0.06666666666666667,1796010836244,'a217b62e5de4434185b5203833018697',14,0);
INSERT INTO metrics VALUES ('loss',0.0625,1796010836259,'a217b62e5de4434185b5203833018697',15,0);
INSERT INTO metrics VALUES ('loss',0.058823529411764705,1796010836277,'a217b62e5de4434185b5203833018697',16,0);
INSERT INTO metrics VALUES ('loss',0.05555555555555555,1796010836295,'a217b62e5de4434185b5203833018697',17,0);
INSERT INTO metrics VALUES ('loss',0.05263157894736842,1796010836312,'a217b62e5de4434185b5203833018697',18,0);
INSERT INTO metrics VALUES ('loss',0.05,1796010836325,'a217b62e5de4434185b5203833018697',19,0);
INSERT INTO metrics VALUES ('nothing',0.0,1796010836340,'a217b62e5de4434185b5203833018697',0,1);
INSERT INTO metrics VALUES ('endless',1.7976931348623157e+308,1796010836355,'a217b62e5de4434185b5203833018697',0,0);
INSERT INTO metrics VALUES ('loss',1.0,1796010840654,'e8f7efd32fc041a18e31ce85f5b55fd6',0,0);
INSERT INTO metrics VALUES ('loss',0.5,1796010840667,'e8f7efd32fc041a18e31ce85f5b55fd6',1,0);
INSERT INTO metrics VALUES ('loss',0.3333333333333333,1796010840682,'e8f7efd32fc041a18e31ce85f5b55fd6',2,0);
INSERT INTO metrics VALUES ('loss',0.25,1796010840698,'e8f7efd32fc041a18e31ce85f5b55fd6',3,0);
INSERT INTO metrics VALUES ('loss',0.2,1796010840729,'e8f7efd32fc041a18e31ce85f5b55fd6',4,0);
INSERT INTO metrics VALUES ('loss',0.16666666666666666,1796010840744,'e8f7efd32fc041a18e31ce85f5b55fd6',5,0);
INSERT INTO metrics VALUES ('loss',0.14285714285714285,1796010840759,'e8f7efd32fc041a18e31ce85f5b55fd6',6,0);
INSERT INTO metrics VALUES ('loss',0.125,1796010840777,'e8f7efd32fc041a18e31ce85f5b55fd6',7,0);
INSERT INTO metrics VALUES ('loss',0.1111111111111111,1796010840792,'e8f7efd32fc041a18e31ce85f5b55fd6',8,0);
INSERT INTO metrics VALUES ('loss',0.1,1796010840807,'e8f7efd32fc041a18e31ce85f5b55fd6',9,0);
INSERT INTO metrics VALUES ('loss',0.09090909090909091,1796010840822,'e8f7efd32fc041a18e31ce85f5b55fd6',10,0);
INSERT INTO metrics VALUES ('loss',0.08333333333333333,1796010840839,'e8f7efd32fc041a18e31ce85f5b55fd6',11,0);
INSERT INTO metrics VALUES ('loss',0.07692307692307693,1796010840856,'e8f7efd32fc041a18e31ce85f5b55fd6',12,0);
INSERT INTO metrics VALUES ('loss',0.07142857142857142,1796010840873,'e8f7efd32fc041a18e31ce85f5b55fd6',13,0);
INSERT INTO metrics VALUES ('loss',0.06666666666666667,1796010840889,'e8f7efd32fc041a18e31ce85f5b55fd6',14,0);
INSERT INTO metrics VALUES ('loss',0.0625,1796010840906,'e8f7efd32fc041a18e31ce85f5b55fd6',15,0);
INSERT INTO metrics VALUES ('loss',0.058823529411764705,1796010840922,'e8f7efd32fc041a18e31ce85f5b55fd6',16,0);
INSERT INTO metrics VALUES ('loss',0.05555555555555555,1796010840938,'e8f7efd32fc041a18e31ce85f5b55fd6',17,0);
INSERT INTO metrics VALUES ('loss',0.05263157894736842,1796010840952,'e8f7efd32fc041a18e31ce85f5b55fd6',18,0);
INSERT INTO metrics VALUES ('loss',0.05,1796010840967,'e8f7efd32fc041a18e31ce85f5b55fd6',19,0);
INSERT INTO metrics VALUES ('nothing',0.0,1796010840985,'e8f7efd32fc041a18e31ce85f5b55fd6',0,1);
INSERT INTO metrics VALUES ('endless',1.7976931348623157e+308,1796010841000,'e8f7efd32fc041a18e31ce85f5b55fd6',0,0);
INSERT INTO metrics VALUES ('x',1.0,1796010846561,'89a498d424e84952803b77fe29f8d738',0,0);
CREATE TABLE "params" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(8000) NOT NULL, 
	run_uuid VARCHAR(32) NOT NULL, 
	CONSTRAINT param_pk PRIMARY KEY ("key", run_uuid), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid)
);
INSERT INTO params VALUES ('depth','0','3c8ef7a11716401b864e849402f32e98');
INSERT INTO params VALUES ('empty','','3c8ef7a11716401b864e849402f32e98');
INSERT INTO params VALUES ('depth','1','a217b62e5de4434185b5203833018697');
INSERT INTO params VALUES ('empty','','a217b62e5de4434185b5203833018697');
INSERT INTO params VALUES ('depth','2','e8f7efd32fc041a18e31ce85f5b55fd6');
INSERT INTO params VALUES ('empty','','e8f7efd32fc041a18e31ce85f5b55fd6');
CREATE TABLE "tags" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(8000), 
	run_uuid VARCHAR(32) NOT NULL, 
	CONSTRAINT tag_pk PRIMARY KEY ("key", run_uuid), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid)
);
INSERT INTO tags VALUES ('mlflow.user','ann','3c8ef7a11716401b864e849402f32e98');
INSERT INTO tags VALUES ('mlflow.source.name','mlflow_history.py','3c8ef7a11716401b864e849402f32e98');
INSERT INTO tags VALUES ('mlflow.source.type','LOCAL','3c8ef7a11716401b864e849402f32e98');
INSERT INTO tags VALUES ('mlflow.source.git.commit','a8dcabd945edcb70ab2a8b3edab8ad78393da6c4','3c8ef7a11716401b864e849402f32e98');
INSERT INTO tags VALUES ('mlflow.source.git.branch','main','3c8ef7a11716401b864e849402f32e98');
INSERT INTO tags VALUES ('mlflow.runName','r0','3c8ef7a11716401b864e849402f32e98');
INSERT INTO tags VALUES ('k','v0','3c8ef7a11716401b864e849402f32e98');
INSERT INTO tags VALUES ('mlflow.user','ann','a217b62e5de4434185b5203833018697');
INSERT INTO tags VALUES ('mlflow.source.name','mlflow_history.py','a217b62e5de4434185b5203833018697');
INSERT INTO tags VALUES ('mlflow.source.type','LOCAL','a217b62e5de4434185b5203833018697');
INSERT INTO tags VALUES ('mlflow.source.git.commit','a8dcabd945edcb70ab2a8b3edab8ad78393da6c4','a217b62e5de4434185b5203833018697');
INSERT INTO tags VALUES ('mlflow.source.git.branch','main','a217b62e5de4434185b5203833018697');
INSERT INTO tags VALUES ('mlflow.runName','r1','a217b62e5de4434185b5203833018697');
INSERT INTO tags VALUES ('k','v1','a217b62e5de4434185b5203833018697');
INSERT INTO tags VALUES ('mlflow.user','ann','e8f7efd32fc041a18e31ce85f5b55fd6');
INSERT INTO tags VALUES ('mlflow.source.name','mlflow_history.py','e8f7efd32fc041a18e31ce85f5b55fd6');
INSERT INTO tags VALUES ('mlflow.source.type','LOCAL','e8f7efd32fc041a18e31ce85f5b55fd6');
INSERT INTO tags VALUES ('mlflow.source.git.commit','a8dcabd945edcb70ab2a8b3edab8ad78393da6c4','e8f7efd32fc041a18e31ce85f5b55fd6');
INSERT INTO tags VALUES ('mlflow.source.git.branch','main','e8f7efd32fc041a18e31ce85f5b55fd6');
INSERT INTO tags VALUES ('mlflow.runName','r2','e8f7efd32fc041a18e31ce85f5b55fd6');
INSERT INTO tags VALUES ('k','v2','e8f7efd32fc041a18e31ce85f5b55fd6');
INSERT INTO tags VALUES ('mlflow.user','ann','89a498d424e84952803b77fe29f8d738');
INSERT INTO tags VALUES ('mlflow.source.name','mlflow_history.py','89a498d424e84952803b77fe29f8d738');
INSERT INTO tags VALUES ('mlflow.source.type','LOCAL','89a498d424e84952803b77fe29f8d738');
INSERT INTO tags VALUES ('mlflow.source.git.commit','a8dcabd945edcb70ab2a8b3edab8ad78393da6c4','89a498d424e84952803b77fe29f8d738');
INSERT INTO tags VALUES ('mlflow.source.git.branch','main','89a498d424e84952803b77fe29f8d738');
INSERT INTO tags VALUES ('mlflow.runName','sedate-vole-491','89a498d424e84952803b77fe29f8d738');
INSERT INTO tags VALUES ('mlflow.runName','wistful-doe-482','3169f2346acd4645900fcb453ea8be6c');
CREATE TABLE "datasets" (
	dataset_uuid VARCHAR(36) NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	name VARCHAR(500) NOT NULL, 
	digest VARCHAR(36) NOT NULL, 
	dataset_source_type VARCHAR(36) NOT NULL, 
	dataset_source TEXT NOT NULL, 
	dataset_schema TEXT, 
	dataset_profile TEXT, 
	CONSTRAINT dataset_pk PRIMARY KEY (experiment_id, name, digest), 
	CONSTRAINT fk_datasets_experiment_id_experiments FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id) ON DELETE CASCADE
);
INSERT INTO datasets VALUES ('748fc8f737e54d00bfa1baef629597eb',1,'rows','6f2db910','code','{"tags": {"mlflow.user": "ann", "mlflow.source.name": "mlflow_history.py", "mlflow.source.type": "LOCAL", "mlflow.source.git.commit": "a8dcabd945edcb70ab2a8b3edab8ad78393da6c4", "mlflow.source.git.branch": "main"}}','{"mlflow_tensorspec": {"features": "[{\"type\": \"tensor\", \"tensor-spec\": {\"dtype\": \"float64\", \"shape\": [-1, 4]}}]", "targets": null}}','{"features_shape": [10, 4], "features_size": 40, "features_nbytes": 320}');
CREATE TABLE inputs (
	input_uuid VARCHAR(36) NOT NULL, 
	source_type VARCHAR(36) NOT NULL, 
	source_id VARCHAR(36) NOT NULL, 
	destination_type VARCHAR(36) NOT NULL, 
	destination_id VARCHAR(36) NOT NULL, step BIGINT DEFAULT '0' NOT NULL, 
	CONSTRAINT inputs_pk PRIMARY KEY (source_type, source_id, destination_type, destination_id)
);
INSERT INTO inputs VALUES ('401cea774ffe40d89e791f5c98d3ab2e','DATASET','748fc8f737e54d00bfa1baef629597eb','RUN','3c8ef7a11716401b864e849402f32e98',0);
INSERT INTO inputs VALUES ('0abadba14eed442cad8bddc59fbafc3d','RUN_OUTPUT','3c8ef7a11716401b864e849402f32e98','MODEL_OUTPUT','m-8dda38a349e842518cfab36a98b436d7',0);
INSERT INTO inputs VALUES ('088c934700df4b3f92064043acd66fb2','DATASET','748fc8f737e54d00bfa1baef629597eb','RUN','a217b62e5de4434185b5203833018697',0);
INSERT INTO inputs VALUES ('b9a0933b0c294832ae0263e769b662eb','RUN_OUTPUT','a217b62e5de4434185b5203833018697','MODEL_OUTPUT','m-b7bdad807b4a4bb885b4e009d6e4f68f',0);
INSERT INTO inputs VALUES ('34e8f86ba6964641b02f1f822bc56ed8','DATASET','748fc8f737e54d00bfa1baef629597eb','RUN','e8f7efd32fc041a18e31ce85f5b55fd6',0);
INSERT INTO inputs VALUES ('a16336b8b0be466eb2bea03af05c31b9','RUN_OUTPUT','e8f7efd32fc041a18e31ce85f5b55fd6','MODEL_OUTPUT','m-04716beb8e314efd853fb2047cf623ca',0);
CREATE TABLE input_tags (
	input_uuid VARCHAR(36) NOT NULL, 
	name VARCHAR(255) NOT NULL, 
	value VARCHAR(500) NOT NULL, 
	CONSTRAINT input_tags_pk PRIMARY KEY (input_uuid, name)
);
INSERT INTO input_tags VALUES ('401cea774ffe40d89e791f5c98d3ab2e','mlflow.data.context','training');
INSERT INTO input_tags VALUES ('088c934700df4b3f92064043acd66fb2','mlflow.data.context','training');
INSERT INTO input_tags VALUES ('34e8f86ba6964641b02f1f822bc56ed8','mlflow.data.context','training');
CREATE TABLE logged_models (
	model_id VARCHAR(36) NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	name VARCHAR(500) NOT NULL, 
	artifact_location VARCHAR(1000) NOT NULL, 
	creation_timestamp_ms BIGINT NOT NULL, 
	last_updated_timestamp_ms BIGINT NOT NULL, 
	status INTEGER NOT NULL, 
	lifecycle_stage VARCHAR(32), 
	model_type VARCHAR(500), 
	source_run_id VARCHAR(32), 
	status_message VARCHAR(1000), 
	CONSTRAINT logged_models_pk PRIMARY KEY (model_id), 
	CONSTRAINT logged_models_lifecycle_stage_check CHECK (lifecycle_stage IN ('active', 'deleted')), 
	CONSTRAINT fk_logged_models_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id) ON DELETE CASCADE
);
INSERT INTO logged_models VALUES ('m-8dda38a349e842518cfab36a98b436d7',1,'model','mlflow-artifacts:/1/models/m-8dda38a349e842518cfab36a98b436d7/artifacts',1796010828949,1796010835741,2,'active','','3c8ef7a11716401b864e849402f32e98',NULL);
INSERT INTO logged_models VALUES ('m-b7bdad807b4a4bb885b4e009d6e4f68f',1,'model','mlflow-artifacts:/1/models/m-b7bdad807b4a4bb885b4e009d6e4f68f/artifacts',1796010836457,1796010840469,2,'active','','a217b62e5de4434185b5203833018697',NULL);
INSERT INTO logged_models VALUES ('m-04716beb8e314efd853fb2047cf623ca',1,'model','mlflow-artifacts:/1/models/m-04716beb8e314efd853fb2047cf623ca/artifacts',1796010841092,1796010846353,2,'active','','e8f7efd32fc041a18e31ce85f5b55fd6',NULL);
CREATE TABLE logged_model_metrics (
	model_id VARCHAR(36) NOT NULL, 
	metric_name VARCHAR(500) NOT NULL, 
	metric_timestamp_ms BIGINT NOT NULL, 
	metric_step BIGINT NOT NULL, 
	metric_value FLOAT, 
	experiment_id INTEGER NOT NULL, 
	run_id VARCHAR(32) NOT NULL, 
	dataset_uuid VARCHAR(36), 
	dataset_name VARCHAR(500), 
	dataset_digest VARCHAR(36), 
	CONSTRAINT logged_model_metrics_pk PRIMARY KEY (model_id, metric_name, metric_timestamp_ms, metric_step, run_id), 
	CONSTRAINT fk_logged_model_metrics_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id), 
	CONSTRAINT fk_logged_model_metrics_model_id FOREIGN KEY(model_id) REFERENCES logged_models (model_id) ON DELETE CASCADE, 
	CONSTRAINT fk_logged_model_metrics_run_id FOREIGN KEY(run_id) REFERENCES runs (run_uuid) ON DELETE CASCADE
);
INSERT INTO logged_model_metrics VALUES ('m-8dda38a349e842518cfab36a98b436d7','loss',1796010828471,0,1.0,1,'3c8ef7a11716401b864e849402f32e98',NULL,NULL,NULL);
INSERT INTO logged_model_metrics VALUES ('m-8dda38a349e842518cfab36a98b436d7','nothing',1796010828816,0,0.0,1,'3c8ef7a11716401b864e849402f32e98',NULL,NULL,NULL);
INSERT INTO logged_model_metrics VALUES ('m-8dda38a349e842518cfab36a98b436d7','endless',1796010828831,0,1.7976931348623157e+308,1,'3c8ef7a11716401b864e849402f32e98',NULL,NULL,NULL);
INSERT INTO logged_model_metrics VALUES ('m-b7bdad807b4a4bb885b4e009d6e4f68f','loss',1796010836030,0,1.0,1,'a217b62e5de4434185b5203833018697',NULL,NULL,NULL);
INSERT INTO logged_model_metrics VALUES ('m-b7bdad807b4a4bb885b4e009d6e4f68f','nothing',1796010836340,0,0.0,1,'a217b62e5de4434185b5203833018697',NULL,NULL,NULL);
INSERT INTO logged_model_metrics VALUES ('m-b7bdad807b4a4bb885b4e009d6e4f68f','endless',1796010836355,0,1.7976931348623157e+308,1,'a217b62e5de4434185b5203833018697',NULL,NULL,NULL);
INSERT INTO logged_model_metrics VALUES ('m-04716beb8e314efd853fb2047cf623ca','loss',1796010840654,0,1.0,1,'e8f7efd32fc041a18e31ce85f5b55fd6',NULL,NULL,NULL);
INSERT INTO logged_model_metrics VALUES ('m-04716beb8e314efd853fb2047cf623ca','nothing',1796010840985,0,0.0,1,'e8f7efd32fc041a18e31ce85f5b55fd6',NULL,NULL,NULL);
INSERT INTO logged_model_metrics VALUES ('m-04716beb8e314efd853fb2047cf623ca','endless',1796010841000,0,1.7976931348623157e+308,1,'e8f7efd32fc041a18e31ce85f5b55fd6',NULL,NULL,NULL);
CREATE TABLE logged_model_params (
	model_id VARCHAR(36) NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	param_key VARCHAR(255) NOT NULL, 
	param_value TEXT NOT NULL, 
	CONSTRAINT logged_model_params_pk PRIMARY KEY (model_id, param_key), 
	CONSTRAINT fk_logged_model_params_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id), 
	CONSTRAINT fk_logged_model_params_model_id FOREIGN KEY(model_id) REFERENCES logged_models (model_id) ON DELETE CASCADE
);
INSERT INTO logged_model_params VALUES ('m-8dda38a349e842518cfab36a98b436d7',1,'depth','0');
INSERT INTO logged_model_params VALUES ('m-8dda38a349e842518cfab36a98b436d7',1,'empty','');
INSERT INTO logged_model_params VALUES ('m-b7bdad807b4a4bb885b4e009d6e4f68f',1,'depth','1');
INSERT INTO logged_model_params VALUES ('m-b7bdad807b4a4bb885b4e009d6e4f68f',1,'empty','');
INSERT INTO logged_model_params VALUES ('m-04716beb8e314efd853fb2047cf623ca',1,'depth','2');
INSERT INTO logged_model_params VALUES ('m-04716beb8e314efd853fb2047cf623ca',1,'empty','');
CREATE TABLE logged_model_tags (
	model_id VARCHAR(36) NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	tag_key VARCHAR(255) NOT NULL, 
	tag_value TEXT NOT NULL, 
	CONSTRAINT logged_model_tags_pk PRIMARY KEY (model_id, tag_key), 
	CONSTRAINT fk_logged_model_tags_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id), 
	CONSTRAINT fk_logged_model_tags_model_id FOREIGN KEY(model_id) REFERENCES logged_models (model_id) ON DELETE CASCADE
);
INSERT INTO logged_model_tags VALUES ('m-8dda38a349e842518cfab36a98b436d7',1,'mlflow.user','ann');
INSERT INTO logged_model_tags VALUES ('m-8dda38a349e842518cfab36a98b436d7',1,'mlflow.source.name','mlflow_history.py');
INSERT INTO logged_model_tags VALUES ('m-8dda38a349e842518cfab36a98b436d7',1,'mlflow.source.type','LOCAL');
INSERT INTO logged_model_tags VALUES ('m-8dda38a349e842518cfab36a98b436d7',1,'mlflow.source.git.commit','a8dcabd945edcb70ab2a8b3edab8ad78393da6c4');
INSERT INTO logged_model_tags VALUES ('m-8dda38a349e842518cfab36a98b436d7',1,'mlflow.source.git.branch','main');
INSERT INTO logged_model_tags VALUES ('m-8dda38a349e842518cfab36a98b436d7',1,'mlflow.modelVersions','[{"name": "churn", "version": 1}, {"name": "churn", "version": "1"}]');
INSERT INTO logged_model_tags VALUES ('m-b7bdad807b4a4bb885b4e009d6e4f68f',1,'mlflow.user','ann');
INSERT INTO logged_model_tags VALUES ('m-b7bdad807b4a4bb885b4e009d6e4f68f',1,'mlflow.source.name','mlflow_history.py');
INSERT INTO logged_model_tags VALUES ('m-b7bdad807b4a4bb885b4e009d6e4f68f',1,'mlflow.source.type','LOCAL');
INSERT INTO logged_model_tags VALUES ('m-b7bdad807b4a4bb885b4e009d6e4f68f',1,'mlflow.source.git.commit','a8dcabd945edcb70ab2a8b3edab8ad78393da6c4');
INSERT INTO logged_model_tags VALUES ('m-b7bdad807b4a4bb885b4e009d6e4f68f',1,'mlflow.source.git.branch','main');
INSERT INTO logged_model_tags VALUES ('m-b7bdad807b4a4bb885b4e009d6e4f68f',1,'mlflow.modelVersions','[{"name": "churn", "version": 2}, {"name": "churn", "version": "2"}]');
INSERT INTO logged_model_tags VALUES ('m-04716beb8e314efd853fb2047cf623ca',1,'mlflow.user','ann');
INSERT INTO logged_model_tags VALUES ('m-04716beb8e314efd853fb2047cf623ca',1,'mlflow.source.name','mlflow_history.py');
INSERT INTO logged_model_tags VALUES ('m-04716beb8e314efd853fb2047cf623ca',1,'mlflow.source.type','LOCAL');
INSERT INTO logged_model_tags VALUES ('m-04716beb8e314efd853fb2047cf623ca',1,'mlflow.source.git.commit','a8dcabd945edcb70ab2a8b3edab8ad78393da6c4');
INSERT INTO logged_model_tags VALUES ('m-04716beb8e314efd853fb2047cf623ca',1,'mlflow.source.git.branch','main');
INSERT INTO logged_model_tags VALUES ('m-04716beb8e314efd853fb2047cf623ca',1,'mlflow.modelVersions','[{"name": "churn", "version": 3}, {"name": "churn", "version": "3"}]');
CREATE TABLE "registered_models" (
	name VARCHAR(256) NOT NULL, 
	creation_time BIGINT, 
	last_updated_time BIGINT, 
	description VARCHAR(5000), 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT registered_model_pk PRIMARY KEY (workspace, name)
);
INSERT INTO registered_models VALUES ('churn',1796010835772,1796010846842,'','default');
INSERT INTO registered_models VALUES ('empty',1796010846858,1796010846858,'nothing yet','default');
CREATE TABLE "registered_model_tags" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(5000), 
	name VARCHAR(256) NOT NULL, 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT registered_model_tag_pk PRIMARY KEY (workspace, "key", name), 
	CONSTRAINT fk_registered_model_tags_registered_models FOREIGN KEY(workspace, name) REFERENCES registered_models (workspace, name) ON UPDATE CASCADE
);
INSERT INTO registered_model_tags VALUES ('a','b','empty','default');
CREATE TABLE "registered_model_aliases" (
	alias VARCHAR(256) NOT NULL, 
	version INTEGER NOT NULL, 
	name VARCHAR(256) NOT NULL, 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT registered_model_alias_pk PRIMARY KEY (workspace, name, alias), 
	CONSTRAINT fk_registered_model_aliases_registered_models FOREIGN KEY(workspace, name) REFERENCES registered_models (workspace, name) ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO registered_model_aliases VALUES ('champion',2,'churn','default');
CREATE TABLE "model_versions" (
	name VARCHAR(256) NOT NULL, 
	version INTEGER NOT NULL, 
	creation_time BIGINT, 
	last_updated_time BIGINT, 
	description VARCHAR(5000), 
	user_id VARCHAR(256), 
	current_stage VARCHAR(20), 
	source VARCHAR(500), 
	run_id VARCHAR(32), 
	status VARCHAR(20), 
	status_message VARCHAR(500), 
	run_link VARCHAR(500), 
	storage_location VARCHAR(500), 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT model_version_pk PRIMARY KEY (workspace, name, version), 
	CONSTRAINT fk_model_versions_registered_models FOREIGN KEY(workspace, name) REFERENCES registered_models (workspace, name) ON UPDATE CASCADE
);
INSERT INTO model_versions VALUES ('churn',1,1796010835840,1796010846811,'the first one',NULL,'None','models:/m-8dda38a349e842518cfab36a98b436d7','3c8ef7a11716401b864e849402f32e98','READY',NULL,'','mlflow-artifacts:/1/models/m-8dda38a349e842518cfab36a98b436d7/artifacts','default');
INSERT INTO model_versions VALUES ('churn',2,1796010840514,1796010840514,'',NULL,'None','models:/m-b7bdad807b4a4bb885b4e009d6e4f68f','a217b62e5de4434185b5203833018697','READY',NULL,'','mlflow-artifacts:/1/models/m-b7bdad807b4a4bb885b4e009d6e4f68f/artifacts','default');
INSERT INTO model_versions VALUES ('churn',3,1796010846395,1796010846842,'',NULL,'Production','models:/m-04716beb8e314efd853fb2047cf623ca','e8f7efd32fc041a18e31ce85f5b55fd6','READY',NULL,'','mlflow-artifacts:/1/models/m-04716beb8e314efd853fb2047cf623ca/artifacts','default');
CREATE TABLE "model_version_tags" (
	"key" VARCHAR(250) NOT NULL, 
	value TEXT, 
	name VARCHAR(256) NOT NULL, 
	version INTEGER NOT NULL, 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT model_version_tag_pk PRIMARY KEY (workspace, "key", name, version), 
	CONSTRAINT fk_model_version_tags_model_versions FOREIGN KEY(workspace, name, version) REFERENCES model_versions (workspace, name, version) ON UPDATE CASCADE
);
INSERT INTO model_version_tags VALUES ('checked','by hand','churn',1,'default');
