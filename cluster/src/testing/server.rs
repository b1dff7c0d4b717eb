//! A cluster on a port of this machine, which speaks Fluvio's protocol: controller and broker in
//! one.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use fluvio::config::FluvioClusterConfig;
use fluvio_protocol::api::{Request, RequestHeader, RequestMessage, ResponseMessage};
use fluvio_protocol::link::ErrorCode;
use fluvio_protocol::link::versions::{ApiVersionKey, ApiVersionsRequest, ApiVersionsResponse};
use fluvio_protocol::record::{RawRecords, RecordSet};
use fluvio_protocol::{Decoder, Encoder};
use fluvio_sc_schema::objects::{
    ListRequest, ListResponse, Metadata, ObjectApiListRequest, ObjectApiListResponse,
};
use fluvio_sc_schema::partition::PartitionSpec;
use fluvio_sc_schema::spu::SpuSpec;
use fluvio_sc_schema::topic::TopicSpec;
use fluvio_sc_schema::{AdminSpec, TryEncodableFrom};
use fluvio_spu_schema::Isolation;
use fluvio_spu_schema::fetch::{
    FetchRequest, FetchResponse, FetchablePartitionResponse, FetchableTopicResponse,
};
use fluvio_spu_schema::produce::{
    DefaultProduceRequest, PartitionProduceResponse, ProduceResponse, TopicProduceResponse,
};
use fluvio_spu_schema::server::fetch_offset::{
    FetchOffsetPartitionResponse, FetchOffsetTopicResponse, FetchOffsetsRequest,
    FetchOffsetsResponse,
};
use fluvio_types::SpuId;

use super::{Broker, Link};
use crate::failure::Failure;
use crate::partition::Partition;

const BROKER: SpuId = 5001;

/// A cluster with a topic called `sessions`.
#[derive(Clone)]
pub(crate) struct Server(Arc<Mutex<Cluster>>);

pub(crate) struct Cluster {
    port: u16,
    /// The topic; none if there is none.
    pub(crate) topic: Option<TopicSpec>,
    /// The partitions that the broker leads.
    pub(crate) partitions: Vec<Broker>,
    /// Who leads the partitions, as the controller has it.
    pub(crate) leader: SpuId,
}

impl Server {
    pub(crate) fn start(topic: TopicSpec, partitions: Vec<Broker>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self(Arc::new(Mutex::new(Cluster {
            port: listener.local_addr().unwrap().port(),
            topic: Some(topic),
            partitions,
            leader: BROKER,
        })));
        let cluster = server.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let cluster = cluster.clone();
                std::thread::spawn(move || cluster.serve(stream.unwrap()));
            }
        });
        server
    }

    pub(crate) fn config(&self) -> FluvioClusterConfig {
        FluvioClusterConfig::new(format!("127.0.0.1:{}", self.state().port))
    }

    pub(crate) fn state(&self) -> std::sync::MutexGuard<'_, Cluster> {
        self.0.lock().unwrap()
    }

    /// Answers the requests of a connection, until the client hangs up or the broker does.
    fn serve(&self, mut stream: TcpStream) {
        let mut links: Vec<Link> = self.state().partitions.iter().map(Broker::link).collect();
        let mut size = [0; 4];
        while stream.read_exact(&mut size).is_ok() {
            let mut request = vec![0; u32::from_be_bytes(size) as usize];
            stream.read_exact(&mut request).unwrap();
            let Some(answer) = self.answer(&request, &mut links) else {
                return;
            };
            let size = (answer.len() as u32).to_be_bytes();
            if stream.write_all(&[&size[..], &answer].concat()).is_err() {
                return;
            }
        }
    }

    fn answer(&self, request: &[u8], links: &mut [Link]) -> Option<Vec<u8>> {
        let header = RequestHeader::decode_from(&mut &request[..], 0).unwrap();
        match header.api_key() {
            ApiVersionsRequest::API_KEY => {
                let apis = [(1003, 15, 19), (0, 0, 25), (1, 0, 25), (1002, 0, 25)];
                let key = |(api_key, min_version, max_version)| ApiVersionKey {
                    api_key,
                    min_version,
                    max_version,
                };
                let versions = ApiVersionsResponse {
                    api_keys: apis.map(key).to_vec(),
                    ..ApiVersionsResponse::default()
                };
                Some(encoded(&header, versions))
            }
            ObjectApiListRequest::API_KEY => {
                let request: ObjectApiListRequest = decoded(request);
                Some(encoded(&header, self.list(&request, header.api_version())))
            }
            DefaultProduceRequest::API_KEY => {
                produce(links, decoded(request)).map(|response| encoded(&header, response))
            }
            FetchRequest::<RecordSet<RawRecords>>::API_KEY => {
                fetch(links, decoded(request)).map(|response| encoded(&header, response))
            }
            FetchOffsetsRequest::API_KEY => {
                offsets(links, decoded(request)).map(|response| encoded(&header, response))
            }
            other => panic!("request {other}"),
        }
    }

    fn list(&self, request: &ObjectApiListRequest, version: i16) -> ObjectApiListResponse {
        fn objects<S: AdminSpec>(objects: Vec<(String, S)>, version: i16) -> ObjectApiListResponse
        where
            S::Status: Encoder + Decoder + std::fmt::Debug + Default,
        {
            let objects = objects.into_iter().map(|(name, spec)| Metadata {
                name,
                spec,
                status: S::Status::default(),
            });
            let list = ListResponse::new(objects.collect());
            ObjectApiListResponse::try_encode_from(list, version).unwrap()
        }
        let cluster = self.state();
        if lists::<TopicSpec>(request) {
            // A filter also finds what has the name within its own.
            let other = ("old-sessions".into(), TopicSpec::default());
            let topic = cluster
                .topic
                .clone()
                .map(|topic| ("sessions".into(), topic));
            objects(
                [Some(other), topic].into_iter().flatten().collect(),
                version,
            )
        } else if lists::<PartitionSpec>(request) {
            let spec = PartitionSpec::new(cluster.leader, vec![cluster.leader]);
            let partitions = 0..cluster.partitions.len();
            let mut list = vec![("old-sessions-7".into(), spec.clone())];
            list.extend(partitions.map(|index| (format!("sessions-{index}"), spec.clone())));
            objects(list, version)
        } else {
            let spec = SpuSpec::new_public_addr(BROKER, cluster.port, "127.0.0.1".into());
            objects(vec![(format!("custom-spu-{BROKER}"), spec)], version)
        }
    }
}

/// Whether a request is for a list of these objects.
fn lists<S: AdminSpec>(request: &ObjectApiListRequest) -> bool
where
    ObjectApiListRequest: TryEncodableFrom<ListRequest<S>>,
{
    TryEncodableFrom::<ListRequest<S>>::downcast(request).is_ok_and(|list| list.is_some())
}

fn decoded<R: Request>(request: &[u8]) -> R {
    let mut message = RequestMessage::<R>::default();
    message.decode(&mut &request[..], 0).unwrap();
    message.request
}

fn encoded(header: &RequestHeader, response: impl Encoder + Decoder) -> Vec<u8> {
    let message = ResponseMessage::from_header(header, response);
    message.as_bytes(header.api_version()).unwrap().to_vec()
}

/// What the partition answers, with the error that the broker would give. `None` if it hangs up.
fn coded<T>(answer: Result<T, Failure>) -> Option<Result<T, ErrorCode>> {
    match answer {
        Ok(answer) => Some(Ok(answer)),
        Err(Failure::Connection(_)) => None,
        Err(Failure::Refused) => Some(Err(ErrorCode::StorageError)),
        Err(Failure::Evicted { start }) => Some(Err(ErrorCode::OffsetEvicted {
            offset: 0,
            next_available: start,
        })),
        Err(Failure::Broker(code)) => Some(Err(code)),
        Err(other) => panic!("{other:?}"),
    }
}

fn produce(links: &mut [Link], request: DefaultProduceRequest) -> Option<ProduceResponse> {
    let [topic] = request.topics.try_into().ok()?;
    let [data] = topic.partitions.try_into().ok()?;
    let [batch] = data.records.batches.try_into().ok()?;
    let answer = match links.get_mut(data.partition_index as usize) {
        Some(link) => {
            assert_eq!(
                batch.get_compression().unwrap(),
                link.broker.state().compression
            );
            let records = batch.memory_records().unwrap();
            coded(fluvio_future::task::run_block_on(link.produce(records)))?
        }
        None => Err(ErrorCode::NotLeaderForPartition),
    };
    let response = PartitionProduceResponse {
        partition_index: data.partition_index,
        base_offset: *answer.as_ref().unwrap_or(&0),
        error_code: answer.err().unwrap_or_default(),
        ..PartitionProduceResponse::default()
    };
    Some(ProduceResponse {
        responses: vec![TopicProduceResponse {
            name: topic.name,
            partitions: vec![response],
        }],
        ..ProduceResponse::default()
    })
}

type Records = RecordSet<RawRecords>;

fn fetch(links: &mut [Link], request: FetchRequest<Records>) -> Option<FetchResponse<Records>> {
    assert_eq!(request.isolation_level, Isolation::ReadUncommitted);
    let [topic] = request.topics.try_into().ok()?;
    let [wanted] = topic.fetch_partitions.try_into().ok()?;
    let link = links.get_mut(wanted.partition_index as usize)?;
    let fetched = link.fetch(wanted.fetch_offset, request.max_bytes as u32);
    let answer = coded(fluvio_future::task::run_block_on(fetched))?;
    let mut response = FetchablePartitionResponse::<Records> {
        partition_index: wanted.partition_index,
        ..FetchablePartitionResponse::default()
    };
    match answer {
        Ok(batches) => response.records.batches = batches,
        Err(code) => response.error_code = code,
    }
    Some(FetchResponse {
        topics: vec![FetchableTopicResponse {
            name: topic.name,
            partitions: vec![response],
            ..FetchableTopicResponse::default()
        }],
        ..FetchResponse::default()
    })
}

fn offsets(links: &mut [Link], request: FetchOffsetsRequest) -> Option<FetchOffsetsResponse> {
    let [topic] = request.topics.try_into().ok()?;
    let [wanted] = topic.partitions.try_into().ok()?;
    let link = links.get_mut(wanted.partition_index as usize)?;
    let offsets = coded(fluvio_future::task::run_block_on(link.offsets()))?.ok()?;
    Some(FetchOffsetsResponse {
        topics: vec![FetchOffsetTopicResponse {
            name: topic.name,
            partitions: vec![FetchOffsetPartitionResponse {
                partition_index: wanted.partition_index,
                start_offset: offsets.start,
                last_stable_offset: offsets.high_watermark,
                ..FetchOffsetPartitionResponse::default()
            }],
        }],
    })
}
